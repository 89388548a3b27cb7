// Requests that tests of reading webhooks start from, and short forms of what became of them.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domain/webhook_reader.hpp"
#include "tests/server/support/seeded_random.hpp"

namespace sluice::domain::testkit {

/// http is for one host only, and one address is refused.
class SomeUrlRules final : public UrlRules {
 public:
  std::optional<std::string> refuse(std::string_view url) const override {
    if (url.starts_with("https://10.0.0.1")) return "expected a public address";
    if (url.starts_with("http://allowed.example") || url.starts_with("https://")) {
      return std::nullopt;
    }
    return "expected https://";
  }
};

/// A webhook with one channel of the kind that `configs` are for.
inline boost::json::object request(std::string_view kind, std::string_view configs) {
  return {{"webhook_name", "Audit"},
          {"event_types", {"object.created"}},
          {"channels", {{{"channel", kind}, {"configs", boost::json::parse(configs)}}}}};
}

/// Reads bodies, each with randomness of its own.
class Reading {
 public:
  explicit Reading(Catalogue::Mode mode = Catalogue::Mode::open) : catalogue_(mode) {}

  std::variant<WebhookDraft, std::vector<ValidationError>> read(const boost::json::value& body,
                                                                const Webhook* previous = nullptr) {
    return read_webhook(body, {catalogue_, random_, previous, rules_});
  }

  WebhookDraft good(const boost::json::value& body, const Webhook* previous = nullptr) {
    auto read_body = read(body, previous);
    if (auto* draft = std::get_if<WebhookDraft>(&read_body)) return std::move(*draft);
    // Thrown, so that a test ends here instead of looking into a webhook that is not there.
    throw std::runtime_error(
        boost::json::serialize(to_json(std::get<std::vector<ValidationError>>(read_body))));
  }

  std::vector<ValidationError> errors(const boost::json::value& body,
                                      const Webhook* previous = nullptr) {
    auto read_body = read(body, previous);
    if (auto* errors = std::get_if<std::vector<ValidationError>>(&read_body)) {
      return std::move(*errors);
    }
    return {};
  }

 private:
  Catalogue catalogue_;
  sluice::testkit::SeededRandom random_;
  SomeUrlRules rules_;
};

/// "type at place.of.it" of each error, the common beginning "body." left out.
inline std::vector<std::string> summary(const std::vector<ValidationError>& errors) {
  std::vector<std::string> lines;
  for (const ValidationError& error : errors) {
    std::string line = error.type + " at";
    char separator = ' ';
    for (std::size_t i = 1; i < error.location.size(); ++i) {
      const auto* index = std::get_if<std::size_t>(&error.location[i]);
      line += separator;
      line += index ? std::to_string(*index) : std::get<std::string>(error.location[i]);
      separator = '.';
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace sluice::domain::testkit

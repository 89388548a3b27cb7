// Any JSON as a webhook's body: it is refused with places and reasons, or accepted and then, shown
// with its secrets masked and sent back, the same webhook.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/secret.hpp"
#include "domain/webhook_reader.hpp"
#include "domain/webhook_view.hpp"
#include "fuzz/require.hpp"

namespace {

namespace json = boost::json;
using namespace sluice::domain;
using sluice::testkit::require;

class CountingRandom final : public sluice::base::Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned char next_ = 0;
};

class NoRules final : public UrlRules {
 public:
  std::optional<std::string> refuse(std::string_view) const override { return std::nullopt; }
};

void check_errors(const std::vector<ValidationError>& errors) {
  require(!errors.empty(), "a refusal has a reason");
  for (const ValidationError& error : errors) {
    require(!error.type.empty() && !error.message.empty(), "an error has a type and a message");
    require(error.location.front() == LocationStep{"body"}, "an error is somewhere in the body");
  }
  json::error_code error;
  (void)json::parse(json::serialize(to_json(errors)), error);
  require(!error, "errors can be sent, so they are valid UTF-8");
}

void check_secrets(const Webhook& webhook) {
  const std::string shown = json::serialize(show_webhook(webhook, Reveal::masked));
  for (const Channel& channel : webhook.draft.channels) {
    const json::value* secret = channel.configs.if_contains("secret");
    require(secret == nullptr || shown.find(secret->as_string()) == std::string::npos,
            "a signing secret is not shown");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  json::error_code error;
  const json::value body =
      json::parse(std::string_view{reinterpret_cast<const char*>(data), size}, error);
  if (error) return 0;

  static const Catalogue kClosed{Catalogue::Mode::closed};
  static const Catalogue kOpen{Catalogue::Mode::open};
  static const NoRules kRules;
  CountingRandom random;
  const auto strict = read_webhook(body, {kClosed, random, nullptr, kRules});
  if (const auto* errors = std::get_if<std::vector<ValidationError>>(&strict)) {
    check_errors(*errors);
  }
  const auto read = read_webhook(body, {kOpen, random, nullptr, kRules});
  if (!std::holds_alternative<WebhookDraft>(read)) return 0;
  Webhook webhook;
  webhook.draft = std::get<WebhookDraft>(read);
  check_secrets(webhook);
  const auto again =
      read_webhook(show_webhook(webhook, Reveal::masked), {kOpen, random, &webhook, kRules});
  require(std::holds_alternative<WebhookDraft>(again), "what was shown is accepted");
  require(have_same_content(std::get<WebhookDraft>(again), webhook.draft),
          "what was shown and sent back changes nothing");
  return 0;
}

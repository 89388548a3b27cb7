// configs of a webhook channel.
#include <array>
#include <boost/json/serialize.hpp>

#include "domain/channel_settings.hpp"
#include "domain/header_rules.hpp"
#include "domain/json_template.hpp"
#include "domain/mask.hpp"
#include "domain/secret.hpp"

namespace sluice::domain {
namespace {

using boost::json::object;
using boost::json::value;

constexpr std::int64_t kDefaultTimeout = 10;  // seconds

/// Stored header values, for a request whose URL has the stored one's origin.
const object* lendable_headers(const SettingsReading& reading, std::string_view url) {
  if (reading.stored == nullptr) return nullptr;
  const value* stored_url = reading.stored->configs.if_contains("url");
  const value* headers = reading.stored->configs.if_contains("headers");
  if (stored_url == nullptr || !stored_url->is_string() || headers == nullptr) return nullptr;
  const auto now = parse_url(url);
  const auto before = parse_url(stored_url->get_string());
  const Url* const target = std::get_if<Url>(&now);
  const Url* const origin = std::get_if<Url>(&before);
  if (target == nullptr || origin == nullptr || !have_same_origin(*target, *origin)) return nullptr;
  return headers->if_object();
}

std::optional<std::string> unmasked_header(const object* stored, std::string_view name,
                                           std::string_view mask) {
  if (stored == nullptr) return std::nullopt;
  for (const auto& [stored_name, stored_value] : *stored) {
    if (!is_same_header(stored_name, name) || !stored_value.is_string()) continue;
    if (mask_of(stored_value.get_string()) == mask) return std::string{stored_value.get_string()};
  }
  return std::nullopt;
}

class HeadersReading {
 public:
  HeadersReading(Problems& problems, const object* lendable)
      : problems_(problems), lendable_(lendable) {}

  object run(const object& given) {
    const auto place = problems_.at("headers");
    if (given.size() > kMaxHeaders) {
      problems_.report("too_long",
                       "expected at most 64 headers, got " + std::to_string(given.size()));
      return {};
    }
    for (const auto& [name, header] : given) read(name, header);
    if (bytes_ > kMaxHeadersBytes) {
      problems_.report("too_long",
                       "expected at most 16384 bytes of headers, got " + std::to_string(bytes_));
    }
    return std::move(headers_);
  }

 private:
  void read(std::string_view name, const value& header) {
    const auto place = problems_.at(std::string{name.substr(0, kMaxHeaderNameBytes)});
    if (auto problem = header_name_problem(name)) return complain(*std::move(problem));
    for (const auto& [other, unused] : headers_) {
      if (is_same_header(other, name)) {
        return complain("expected each header once, and " + quoted(other) + " is the same one");
      }
    }
    if (!header.is_string()) return problems_.report("string_type", "expected a string");
    std::string text{header.get_string()};
    if (is_secret_header(name) && is_mask(text)) {
      auto stored = unmasked_header(lendable_, name, text);
      if (!stored) {
        return complain(
            "expected the value itself: this is the mask of one, and none is stored "
            "that it stands for and that was meant for this URL's host");
      }
      text = *std::move(stored);
    }
    if (auto problem = header_value_problem(text)) return complain(*std::move(problem));
    bytes_ += name.size() + text.size();
    headers_[name] = text;
  }

  void complain(std::string message) { problems_.report("value_error", std::move(message)); }

  Problems& problems_;
  const object* lendable_;
  object headers_;
  std::size_t bytes_ = 0;
};

void read_payload_template(Fields& fields, object& settings) {
  const object* given = fields.object("payload_template", "a JSON object, the payload with holes");
  if (given == nullptr) return;
  if (boost::json::serialize(*given).size() > kMaxTemplateBytes) {
    fields.problems().report_at("payload_template", "too_long", "expected at most 65536 bytes");
    return;
  }
  const auto compiled = JsonTemplate::compile(*given, Syntax::jinja);
  if (const auto* errors = std::get_if<std::vector<JsonTemplateError>>(&compiled)) {
    const auto place = fields.problems().at("payload_template");
    for (const JsonTemplateError& error : *errors) {
      fields.problems().report_below(error.location, "template_syntax",
                                     template_message(error.error));
    }
    return;
  }
  settings["payload_template"] = *given;
}

/// The secret that was given, or else the stored one with those that it replaced, or a new one.
void read_secret(SettingsReading& reading, object& settings) {
  const std::optional<std::string> given =
      read_secret_text(reading, "secret", {.min_characters = 1, .max_characters = 128});
  if (given && !is_signing_secret(*given)) {
    reading.fields.problems().report_at(
        "secret", "value_error",
        "expected 'whsec_' followed by the base64 of 24 to 64 bytes, or 'whsk_' followed by the "
        "base64 of an ed25519 seed, alone or with its public key behind it");
    return;
  }
  const object* stored = reading.stored ? &reading.stored->configs : nullptr;
  const value* stored_secret = stored ? stored->if_contains("secret") : nullptr;
  if (stored_secret != nullptr && (!given || *stored_secret == value(*given))) {
    settings["secret"] = *stored_secret;
    if (const value* retired = stored->if_contains(kRetiredSecrets)) {
      settings[kRetiredSecrets] = *retired;
    }
  } else if (given) {
    settings["secret"] = *given;
  } else {
    settings["secret"] = make_secret(reading.context.random);
    reading.has_generated_secret = true;
  }
}

void read_batch(SettingsReading& reading, object& settings) {
  const object* given = reading.fields.object(
      "batch", "an object with max_events, max_wait_ms and format, all optional");
  if (given == nullptr) return;
  constexpr std::array<std::string_view, 2> kFormats{"json", "ndjson"};
  const auto place = reading.fields.problems().at("batch");
  Fields fields{*given, reading.fields.problems()};
  settings["batch"] = {
      {"max_events", fields.whole_number("max_events", 1, 10'000).value_or(100)},
      {"max_wait_ms", fields.whole_number("max_wait_ms", 0, 60'000).value_or(1'000)},
      {"format", fields.choice("format", kFormats).value_or("json")}};
}

void read_pace(SettingsReading& reading, object& settings) {
  Fields& fields = reading.fields;
  set_if_given(settings, "rate_limit", fields.number("rate_limit", 0.01, 100'000));
  const auto max_in_flight = fields.whole_number("max_in_flight", 1, 1'000);
  set_if_given(settings, "max_in_flight", max_in_flight);
  const auto is_ordered = fields.flag("ordered");
  set_if_given(settings, "ordered", is_ordered);
  if (is_ordered.value_or(false) && max_in_flight.value_or(1) > 1) {
    fields.problems().report_at("max_in_flight", "value_error",
                                "expected 1 with ordered: the next event waits for the one before");
  }
  read_batch(reading, settings);
}

}  // namespace

object read_webhook_settings(SettingsReading& reading) {
  Fields& fields = reading.fields;
  object settings;
  std::string url;
  if (fields.require("url", "the URL to send events to, such as https://example.com/hook")) {
    url = fields.text("url", {.min_characters = 1, .max_characters = kMaxUrlBytes}).value_or("");
    if (!url.empty() && is_good_url(reading, "url", url)) settings["url"] = url;
  }
  if (const object* headers = fields.object("headers", "an object of strings")) {
    settings["headers"] =
        HeadersReading{fields.problems(), lendable_headers(reading, url)}.run(*headers);
  }
  read_payload_template(fields, settings);
  settings["timeout"] = fields.number("timeout", 1, 60).value_or(value(kDefaultTimeout));
  read_secret(reading, settings);
  read_pace(reading, settings);
  return settings;
}

}  // namespace sluice::domain

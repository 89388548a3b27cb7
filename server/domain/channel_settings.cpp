#include "domain/channel_settings.hpp"

#include "domain/mask.hpp"
#include "domain/template.hpp"

namespace sluice::domain {
namespace {

const boost::json::string* stored_text(const Channel* stored, std::string_view name) {
  const boost::json::value* value = stored ? stored->configs.if_contains(name) : nullptr;
  return value != nullptr ? value->if_string() : nullptr;
}

}  // namespace

std::optional<std::string> read_secret_text(SettingsReading& reading, std::string_view name,
                                            const TextRule& rule) {
  std::optional<std::string> text = reading.fields.text(name, rule);
  if (!text || !is_mask(*text)) return text;
  const boost::json::string* stored = stored_text(reading.stored, name);
  const bool is_url = name == "webhook_url";
  if (stored != nullptr && *text == (is_url ? mask_of_url(*stored) : mask_of(*stored))) {
    return std::string{*stored};
  }
  reading.fields.problems().report_at(
      std::string{name}, "value_error",
      "expected the secret itself: this is the mask of one, and none is stored that it stands for");
  return std::nullopt;
}

bool is_good_url(SettingsReading& reading, std::string_view name, std::string_view url) {
  const auto parsed = parse_url(url);
  if (const auto* error = std::get_if<UrlError>(&parsed)) {
    reading.fields.problems().report_at(std::string{name}, error->type, error->message);
    return false;
  }
  if (auto refusal = reading.context.urls.refuse(url)) {
    reading.fields.problems().report_at(std::string{name}, "value_error", *std::move(refusal));
    return false;
  }
  return true;
}

std::optional<std::string> read_template(Fields& fields, std::string_view name) {
  std::optional<std::string> text =
      fields.text(name, {.min_characters = 0, .max_characters = kMaxTemplateBytes});
  if (!text) return std::nullopt;
  const auto compiled = Template::compile(*text, Syntax::text);
  if (const auto* error = std::get_if<TemplateError>(&compiled)) {
    fields.problems().report_at(std::string{name}, "template_syntax", template_message(*error));
    return std::nullopt;
  }
  return text;
}

std::string template_message(const TemplateError& error) {
  return "line " + std::to_string(error.line) + ", column " + std::to_string(error.column) + ": " +
         error.message;
}

}  // namespace sluice::domain

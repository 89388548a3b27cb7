// configs of an e-mail channel.
#include <array>
#include <boost/json/array.hpp>

#include "domain/addresses.hpp"
#include "domain/channel_settings.hpp"

namespace sluice::domain {
namespace {

using boost::json::object;

constexpr std::array<std::string_view, 4> kContentTypes{"plain_text", "html", "markdown", "json"};

std::optional<Complaint> check_address(const std::string& text) {
  if (is_email_address(text)) return std::nullopt;
  return Complaint{"value_error",
                   "expected an address such as name@example.com, in ASCII and without a display "
                   "name or line breaks"};
}

void read_addresses(Fields& fields, std::string_view from, std::string_view to,
                    std::size_t min_addresses, object& settings) {
  const ListRule rule{
      .min_elements = min_addresses, .max_elements = 50, .what = "e-mail addresses"};
  const std::vector<std::string> addresses = fields.texts(from, rule, check_address);
  if (!addresses.empty()) settings[to] = boost::json::array(addresses.begin(), addresses.end());
}

void read_subject(Fields& fields, object& settings) {
  const auto subject = read_template(fields, "subject_template");
  if (!subject) return;
  if (characters_in(*subject) > 1'000 || has_control_character(*subject)) {
    fields.problems().report_at("subject_template", "value_error",
                                "expected one line of at most 1000 characters");
    return;
  }
  settings["subject_template"] = *subject;
}

}  // namespace

object read_email_settings(SettingsReading& reading) {
  Fields& fields = reading.fields;
  object settings;
  const bool has_alias =
      fields.find("to_addresses") == nullptr && fields.find("recipients") != nullptr;
  if (has_alias || fields.require("to_addresses", "a list of e-mail addresses")) {
    read_addresses(fields, has_alias ? "recipients" : "to_addresses", "to_addresses", 1, settings);
  }
  read_subject(fields, settings);
  set_if_given(settings, "body_template", read_template(fields, "body_template"));
  settings["content_type"] = fields.choice("content_type", kContentTypes).value_or("html");
  read_addresses(fields, "cc_addresses", "cc_addresses", 0, settings);
  read_addresses(fields, "bcc_addresses", "bcc_addresses", 0, settings);
  return settings;
}

}  // namespace sluice::domain

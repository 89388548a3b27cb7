// configs of an SMS channel.
#include <boost/json/array.hpp>

#include "domain/addresses.hpp"
#include "domain/channel_settings.hpp"

namespace sluice::domain {
namespace {

std::optional<Complaint> check_number(const std::string& text) {
  if (is_phone_number(text)) return std::nullopt;
  return Complaint{"value_error",
                   "expected a number in E.164 form, '+' and 7 to 15 digits, such as +15550100123"};
}

}  // namespace

boost::json::object read_sms_settings(SettingsReading& reading) {
  Fields& fields = reading.fields;
  boost::json::object settings;
  if (fields.require("phone_numbers", "a list of numbers in E.164 form")) {
    const ListRule rule{.min_elements = 1, .max_elements = 50, .what = "phone numbers"};
    const std::vector<std::string> numbers = fields.texts("phone_numbers", rule, check_number);
    settings["phone_numbers"] = boost::json::array(numbers.begin(), numbers.end());
  }
  set_if_given(settings, "message_template", read_template(fields, "message_template"));
  return settings;
}

}  // namespace sluice::domain

// `configs` of each kind of channel, from what a request says to what is stored: defaults filled in,
// aliases resolved, what is unknown left out.
#pragma once

#include <boost/json/object.hpp>

#include "domain/fields.hpp"
#include "domain/webhook_reader.hpp"

namespace sluice::domain {

/// One channel's reading. Lifetime: that of its parts.
struct SettingsReading {
  Fields& fields;  // of configs
  const ReadContext& context;
  const Channel* stored;  // the channel that this one continues, or null
  bool has_generated_secret = false;
};

/// The settings of each kind, in the order that they are shown in. What is wrong is reported.
boost::json::object read_webhook_settings(SettingsReading& reading);
boost::json::object read_slack_settings(SettingsReading& reading);
boost::json::object read_email_settings(SettingsReading& reading);
boost::json::object read_sms_settings(SettingsReading& reading);

/// Reads a text that may be a secret's mask: then the stored text, or a report that there is none.
/// `name` is the field of `configs`.
std::optional<std::string> read_secret_text(SettingsReading& reading, std::string_view name,
                                            const TextRule& rule);

/// Reads a URL and asks the rules about it; reports what they say.
bool is_good_url(SettingsReading& reading, std::string_view name, std::string_view url);

/// Reads a text with holes and compiles it.
std::optional<std::string> read_template(Fields& fields, std::string_view name);

/// "line 1, column 4: ..."
std::string template_message(const struct TemplateError& error);

/// Sets a field that was given.
template <class Value>
void set_if_given(boost::json::object& settings, std::string_view name,
                  const std::optional<Value>& value) {
  if (value) settings[name] = *value;
}

}  // namespace sluice::domain

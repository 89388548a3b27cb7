// configs of a Slack channel: an incoming webhook, or a bot that posts into a channel.
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "domain/blocks_template.hpp"
#include "domain/channel_settings.hpp"

namespace sluice::domain {
namespace {

using boost::json::object;

constexpr TextRule kShortText{.min_characters = 1, .max_characters = 100};

bool is_visible(char c) { return c > ' ' && c <= '~'; }

void read_incoming_webhook(SettingsReading& reading, object& settings) {
  const auto url = read_secret_text(reading, "webhook_url",
                                    {.min_characters = 1, .max_characters = kMaxUrlBytes});
  if (url && is_good_url(reading, "webhook_url", *url)) settings["webhook_url"] = *url;
}

void read_bot(SettingsReading& reading, object& settings) {
  Fields& fields = reading.fields;
  if (fields.require("bot_token", "the bot's token, such as xoxb-..., beside channel_id")) {
    const auto token =
        read_secret_text(reading, "bot_token", {.min_characters = 1, .max_characters = 256});
    if (token && !std::ranges::all_of(*token, is_visible)) {
      fields.problems().report_at("bot_token", "value_error",
                                  "expected a token of visible ASCII characters, without blanks");
    } else {
      set_if_given(settings, "bot_token", token);
    }
  }
  if (fields.require("channel_id", "the channel to post into, such as C0123456789")) {
    set_if_given(settings, "channel_id", fields.line("channel_id", kShortText));
  }
  set_if_given(settings, "workspace_id", fields.line("workspace_id", kShortText));
}

void read_icon_url(Fields& fields, object& settings) {
  const auto url = fields.text("icon_url", {.min_characters = 1, .max_characters = kMaxUrlBytes});
  if (!url) return;
  const auto parsed = parse_url(*url);  // Slack fetches it, so the egress rules do not care
  if (const auto* error = std::get_if<UrlError>(&parsed)) {
    fields.problems().report_at("icon_url", error->type, error->message);
  } else {
    settings["icon_url"] = *url;
  }
}

void read_blocks_template(Fields& fields, object& settings) {
  const boost::json::value* given = fields.find("blocks_template");
  if (given == nullptr) return;
  if (boost::json::serialize(*given).size() > 2 * kMaxTemplateBytes) {  // quotes are escaped in it
    fields.problems().report_at("blocks_template", "too_long",
                                "expected at most 131072 bytes of JSON");
    return;
  }
  const auto compiled = BlocksTemplate::compile(*given);
  if (const auto* errors = std::get_if<std::vector<JsonTemplateError>>(&compiled)) {
    const auto place = fields.problems().at("blocks_template");
    for (const JsonTemplateError& error : *errors) {
      fields.problems().report_below(error.location, "template_syntax",
                                     template_message(error.error));
    }
    return;
  }
  settings["blocks_template"] = *given;
}

}  // namespace

object read_slack_settings(SettingsReading& reading) {
  Fields& fields = reading.fields;
  object settings;
  const bool has_url = fields.find("webhook_url") != nullptr;
  const bool has_bot = fields.find("bot_token") != nullptr || fields.find("channel_id") != nullptr;
  if (has_url && has_bot) {
    fields.problems().report_at("webhook_url", "value_error",
                                "expected either webhook_url, or bot_token with channel_id");
  }
  if (has_bot) {
    read_bot(reading, settings);
  } else if (fields.require("webhook_url",
                            "the URL of an incoming webhook, or bot_token with channel_id")) {
    read_incoming_webhook(reading, settings);
  }
  set_if_given(settings, "channel", fields.line("channel", kShortText));
  set_if_given(settings, "username", fields.line("username", kShortText));
  set_if_given(settings, "icon_emoji", fields.line("icon_emoji", kShortText));
  read_icon_url(fields, settings);
  read_blocks_template(fields, settings);
  return settings;
}

}  // namespace sluice::domain

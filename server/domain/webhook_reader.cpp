#include "domain/webhook_reader.hpp"

#include <array>

#include "domain/channel_settings.hpp"
#include "domain/event_types_reader.hpp"
#include "domain/fields.hpp"
#include "domain/stored_channels.hpp"

namespace sluice::domain {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"webhook", "slack", "email", "sms"};

boost::json::object read_settings(ChannelKind kind, SettingsReading& reading) {
  switch (kind) {
    case ChannelKind::webhook: return read_webhook_settings(reading);
    case ChannelKind::slack: return read_slack_settings(reading);
    case ChannelKind::email: return read_email_settings(reading);
    case ChannelKind::sms: break;
  }
  return read_sms_settings(reading);
}

std::optional<Channel> read_channel(Fields& fields, const ReadContext& context,
                                    const Channel* stored) {
  std::optional<ChannelKind> kind;
  if (fields.require("channel", "'webhook', 'slack', 'email' or 'sms'")) {
    const auto name = fields.choice("channel", kKinds);
    if (name) kind = channel_kind_from(*name);
  }
  if (!fields.require("configs", "the settings of the channel")) return std::nullopt;
  const boost::json::object* configs =
      fields.object("configs", "an object with the settings of the channel");
  if (!kind || configs == nullptr) return std::nullopt;

  const Problems::Place place = fields.problems().at("configs");
  Fields settings{*configs, fields.problems()};
  SettingsReading reading{.fields = settings, .context = context, .stored = stored};
  Channel channel{.number = 0, .kind = *kind, .configs = read_settings(*kind, reading)};
  channel.has_generated_secret = reading.has_generated_secret;
  return channel;
}

std::vector<Channel> read_channels(Fields& fields, const ReadContext& context) {
  std::vector<Channel> channels;
  if (!fields.require("channels", "a list of channels to notify")) return channels;
  const boost::json::array* given = fields.list(
      "channels", {.min_elements = 1, .max_elements = kMaxChannels, .what = "channels"});
  if (given == nullptr) return channels;

  Problems& problems = fields.problems();
  const Problems::Place place = problems.at("channels");
  const auto stored = stored_counterparts(context.previous, *given);
  for (std::size_t i = 0; i < given->size(); ++i) {
    const boost::json::object* object = (*given)[i].if_object();
    if (object == nullptr) {
      problems.report_at(i, "model_attributes_type", "expected an object with channel and configs");
      continue;
    }
    const Problems::Place element = problems.at(i);
    Fields channel_fields{*object, problems};
    if (auto channel = read_channel(channel_fields, context, stored[i])) {
      channels.push_back(*std::move(channel));
    }
  }
  return channels;
}

std::string read_name(Fields& fields) {
  const TextRule rule{.min_characters = 1, .max_characters = kMaxNameCharacters};
  if (!fields.require("webhook_name", "a name of 1 to 200 characters")) return {};
  return fields.line("webhook_name", rule).value_or("");
}

}  // namespace

std::variant<WebhookDraft, std::vector<ValidationError>> read_webhook(
    const boost::json::value& body, const ReadContext& context) {
  Problems problems{"body"};
  const boost::json::object* object = body.if_object();
  if (object == nullptr) {
    problems.report("model_attributes_type",
                    "expected a JSON object with webhook_name, event_types and channels");
    return problems.take();
  }
  Fields fields{*object, problems};
  WebhookDraft draft;
  draft.name = read_name(fields);
  draft.description = fields.text(
      "description", {.min_characters = 0, .max_characters = kMaxDescriptionCharacters});
  draft.event_types = read_event_types(fields, context.catalogue);
  draft.channels = read_channels(fields, context);
  draft.is_active = fields.flag("is_active").value_or(true);
  if (!problems.empty()) return problems.take();
  return draft;
}

}  // namespace sluice::domain

#include "domain/channel.hpp"

#include <array>
#include <boost/json/serialize.hpp>

namespace sluice::domain {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"webhook", "slack", "email", "sms"};

void append_setting(std::string& target, const boost::json::object& configs,
                    std::string_view name) {
  if (const boost::json::value* setting = configs.if_contains(name)) {
    target += boost::json::serialize(*setting);
  }
  target += '\n';
}

}  // namespace

std::string_view to_text(ChannelKind kind) noexcept {
  return kKinds[static_cast<std::size_t>(kind)];
}

std::optional<ChannelKind> channel_kind_from(std::string_view text) noexcept {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i] == text) return static_cast<ChannelKind>(i);
  }
  return std::nullopt;
}

std::string target_of(const Channel& channel) {
  std::string target;
  switch (channel.kind) {
    case ChannelKind::webhook: append_setting(target, channel.configs, "url"); break;
    case ChannelKind::slack:
      append_setting(target, channel.configs, "webhook_url");
      append_setting(target, channel.configs, "bot_token");
      append_setting(target, channel.configs, "channel_id");
      append_setting(target, channel.configs, "channel");
      break;
    case ChannelKind::email: append_setting(target, channel.configs, "to_addresses"); break;
    case ChannelKind::sms: append_setting(target, channel.configs, "phone_numbers"); break;
  }
  return target;
}

bool have_same_content(const Channel& one, const Channel& other) {
  return one.kind == other.kind && one.configs == other.configs;
}

}  // namespace sluice::domain

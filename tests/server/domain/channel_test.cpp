// Channels know their kind's spelling, and what makes two of them one target or one content.
#include "domain/channel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>

namespace sluice::domain {
namespace {

Channel channel(ChannelKind kind, std::string_view configs) {
  return {.number = 0, .kind = kind, .configs = boost::json::parse(configs).as_object()};
}

TEST(ChannelKind, IsSpeltAsTheApiSpellsIt) {
  constexpr std::array<std::string_view, 4> kNames{"webhook", "slack", "email", "sms"};
  for (const std::string_view name : kNames) {
    const std::optional<ChannelKind> kind = channel_kind_from(name);
    ASSERT_TRUE(kind) << name;
    EXPECT_EQ(to_text(*kind), name);
  }
  EXPECT_FALSE(channel_kind_from("Slack"));
  EXPECT_FALSE(channel_kind_from(""));
}

TEST(Channel, KeepsItsTargetWhenOnlyTheMannerChanges) {
  const auto kind = ChannelKind::webhook;
  const Channel before = channel(kind, R"({"url": "https://a.example/", "timeout": 10})");
  const Channel slower = channel(kind, R"({"url": "https://a.example/", "timeout": 20})");
  const Channel moved = channel(kind, R"({"url": "https://b.example/", "timeout": 10})");
  EXPECT_EQ(target_of(before), target_of(slower));
  EXPECT_NE(target_of(before), target_of(moved));
}

TEST(Channel, HasOneTargetForEachSlackConversation) {
  const auto kind = ChannelKind::slack;
  const Channel one = channel(kind, R"({"bot_token": "xoxb-1", "channel_id": "C1"})");
  const Channel other = channel(kind, R"({"bot_token": "xoxb-1", "channel_id": "C2"})");
  EXPECT_NE(target_of(one), target_of(other));
}

TEST(Channel, HasTheSameContentWhateverItsNumber) {
  Channel one = channel(ChannelKind::sms, R"({"phone_numbers": ["+15550100"]})");
  Channel other = one;
  other.number = 7;
  EXPECT_TRUE(have_same_content(one, other));
  other.configs["message_template"] = "hello";
  EXPECT_FALSE(have_same_content(one, other));
}

}  // namespace
}  // namespace sluice::domain

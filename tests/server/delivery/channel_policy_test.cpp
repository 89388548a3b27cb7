#include "delivery/channel_policy.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "delivery/token_bucket.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

ChannelPolicy policy_of(const char* configs,
                        domain::ChannelKind kind = domain::ChannelKind::webhook) {
  domain::Channel channel;
  channel.kind = kind;
  channel.configs = boost::json::parse(configs).as_object();
  return read_policy(channel, {});
}

TEST(ChannelPolicy, ReadsWhatTheSettingsSay) {
  const ChannelPolicy policy = policy_of(
      R"({"rate_limit":2.5,"max_in_flight":40,"batch":{"max_events":500,"max_wait_ms":20}})");
  EXPECT_EQ(policy.per_second, 2.5);
  EXPECT_EQ(policy.max_in_flight, 40U);
  EXPECT_EQ(policy.batch_events, 500U);
  EXPECT_EQ(policy.batch_wait, 20ms);
}

TEST(ChannelPolicy, SendsOneAtATimeWhereOrderCounts) {
  EXPECT_EQ(policy_of(R"({"ordered":true,"max_in_flight":40})").max_in_flight, 1U);
}

TEST(ChannelPolicy, SpeaksToSlackOnceASecond) {
  EXPECT_EQ(policy_of("{}", domain::ChannelKind::slack).per_second, 1.0);
  EXPECT_EQ(policy_of(R"({"rate_limit":3})", domain::ChannelKind::slack).per_second, 3.0);
}

TEST(ChannelPolicy, TakesTheDefaultForWhatMakesNoSense) {
  const ChannelPolicy policy =
      policy_of(R"({"rate_limit":"much","max_in_flight":-1,"ordered":1,"batch":[1]})");
  EXPECT_EQ(policy.per_second, 0);
  EXPECT_EQ(policy.max_in_flight, 16U);
  EXPECT_FALSE(policy.is_ordered);
  EXPECT_FALSE(policy.is_batching());
}

TEST(TokenBucket, KeepsTheRateBeyondTheFirstBurst) {
  TokenBucket bucket;
  bucket.set_rate(10);
  TokenBucket::TimePoint now{1h};
  int sent = 0;
  for (const auto end = now + 10s; now < end; ++sent) {
    now = std::max(now, bucket.next(now));
    bucket.take(now);
  }
  EXPECT_NEAR(sent, 110, 2);  // a second's worth at once, and then ten a second
}

TEST(TokenBucket, HoldsNobodyBackWithoutARate) {
  TokenBucket bucket;
  const TokenBucket::TimePoint now{1h};
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(bucket.next(now), now);
    bucket.take(now);
  }
}

}  // namespace
}  // namespace sluice::delivery

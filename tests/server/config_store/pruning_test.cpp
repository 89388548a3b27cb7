// The oldest go, what is within the limits stays, and it happens in steps.
#include "config_store/pruning.hpp"

#include <gtest/gtest.h>

#include "tests/server/config_store/delivery_rig.hpp"

namespace sluice::store {
namespace {

struct PruningTest : testing::Test, DeliveryRig {
  PruningTest() {
    retention = {.age = std::chrono::hours{1},
                 .attempts_per_webhook = 1'000,
                 .dead_letters_per_webhook = 1'000};
    reopen();
  }
  void insert(std::uint32_t webhook, std::size_t count) {
    std::vector<Attempt> batch;
    for (std::size_t i = 0; i < count; ++i) batch.push_back(attempt_of(webhook));
    store->attempts().insert(batch);
  }
  void give_up(std::uint32_t webhook, std::size_t count) {
    std::vector<DeliveryChange> letters;
    for (std::size_t i = 0; i < count; ++i) letters.emplace_back(dead_of(webhook, ++sequence_));
    store->write(letters);
  }
  std::size_t dead_letters(std::uint32_t webhook) {
    return store->retries().dead(webhook, base::Time::min(), base::Time::max(), {}, 100'000).size();
  }
  std::vector<Attempt> attempts(std::uint32_t webhook) {
    return std::get<Page<Attempt>>(store->attempts().list(webhook, {}, {.limit = 100'000})).rows;
  }

 private:
  std::uint64_t sequence_ = 0;
};

TEST_F(PruningTest, WhatIsTooOldGoes) {
  insert(1, 700);
  give_up(1, 700);
  clock.advance(std::chrono::minutes{59});
  insert(2, 5);
  give_up(1, 5);
  EXPECT_EQ(store->prune(), 0U);
  clock.advance(std::chrono::minutes{2});
  EXPECT_EQ(store->prune(), 1'400U);
  EXPECT_EQ(attempts(1).size(), 0U);
  EXPECT_EQ(attempts(2).size(), 5U);
  EXPECT_EQ(dead_letters(1), 5U);
}

TEST_F(PruningTest, WhatIsTooMuchForAWebhookGoesOldestFirst) {
  for (int i = 0; i < 14; ++i) {
    insert(1, 100);
    give_up(1, 100);
    clock.advance(std::chrono::seconds{1});
  }
  insert(2, 1'000);
  EXPECT_EQ(store->prune(), 800U);
  const std::vector<Attempt> left = attempts(1);
  ASSERT_EQ(left.size(), 1'000U);
  EXPECT_EQ(left.front().at, clock.now() - std::chrono::seconds{1});
  EXPECT_EQ(left.back().at, clock.now() - std::chrono::seconds{10});
  EXPECT_EQ(attempts(2).size(), 1'000U);
  EXPECT_EQ(dead_letters(1), 1'000U);
  EXPECT_EQ(store->prune(), 0U);
}

TEST_F(PruningTest, CountsStayRightThroughPruningAndRestarts) {
  for (int round = 0; round < 3; ++round) {
    insert(1, 1'200);
    reopen();
    store->prune();
    EXPECT_EQ(attempts(1).size(), 1'000U);
    clock.advance(std::chrono::hours{2});
    store->prune();
    EXPECT_EQ(attempts(1).size(), 0U);
  }
}

TEST_F(PruningTest, AForgottenWebhookLeavesNothing) {
  insert(1, 900);
  insert(2, 3);
  store->forget(1);
  store->forget(1);
  EXPECT_EQ(store->prune(), 900U);
  EXPECT_TRUE(attempts(1).empty());
  EXPECT_EQ(attempts(2).size(), 3U);
  EXPECT_EQ(store->prune(), 0U);
}

TEST_F(PruningTest, RetriesAreKeptHoweverOld) {
  const std::vector<DeliveryChange> owed{Retry{1, 1, {1}, 2, clock.now(), "timeout"}};
  store->write(owed);
  clock.advance(std::chrono::hours{10'000});
  store->prune();
  EXPECT_EQ(store->retries().oldest().value().first, 1U);
}

TEST_F(PruningTest, StopsWhenAsked) {
  insert(1, 900);
  clock.advance(std::chrono::hours{2});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(store->prune(stop.get_token()), 0U);
  EXPECT_EQ(attempts(1).size(), 900U);
}

}  // namespace
}  // namespace sluice::store

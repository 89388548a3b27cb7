// A delivery is a retry, a dead letter or neither, whatever order changes come in.
#include "config_store/retries.hpp"

#include <gtest/gtest.h>

#include "config_store/database.hpp"
#include "config_store/migration.hpp"
#include "tests/server/config_store/delivery_rig.hpp"

namespace sluice::store {
namespace {

using Events = std::vector<std::uint64_t>;

struct RetriesTest : testing::Test, DeliveryRig {
  Retries& retries() { return store->retries(); }
  void write(const std::vector<DeliveryChange>& changes) { store->write(changes); }
  Retry retry_of(std::uint32_t channel, Events events, int seconds = 0) {
    return {channel / 10, channel, std::move(events), 1,
            clock.now() + std::chrono::seconds{seconds}, "timeout"};
  }
  Events firsts(const std::vector<Retry>& rows) {
    Events all;
    for (const Retry& row : rows) all.push_back(row.events.front());
    return all;
  }
  std::vector<DeadLetter> dead(std::uint32_t webhook) {
    return retries().dead(webhook, base::Time::min(), base::Time::max(), {}, 100);
  }
};

TEST_F(RetriesTest, ComeBackWholeAfterARestart) {
  write({retry_of(10, {5, 6, 9}, 30)});
  reopen();
  const std::vector<Retry> found = retries().by_due(10, {}, 10);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].webhook, 1U);
  EXPECT_EQ(found[0].events, (Events{5, 6, 9}));
  EXPECT_EQ(found[0].attempts, 1U);
  EXPECT_EQ(found[0].due_at, clock.now() + std::chrono::seconds{30});
  EXPECT_EQ(found[0].last_error, "timeout");
}

TEST_F(RetriesTest, OfAnEarlierVersionGoOnWhereTheyWere) {
  store.reset();
  path = directory / "earlier.db";
  {
    Database database(path, Database::Use::write);
    migrate(database, delivery_migrations().first(2), clock.now());
    database.execute(
        "INSERT INTO retries VALUES (1, 10, 5, x'', 3, 77, 'late');"
        "INSERT INTO dead_letters VALUES (1, 1, 10, 6, x'', 1, 2, 'e', 'a.b', 10, 500, 'no')");
  }
  store.emplace(path, vault, clock, retention);
  const std::vector<Retry> found = retries().by_due(10, {}, 10);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].made, 3U);
  EXPECT_EQ(found[0].recipients, "");
  EXPECT_EQ(retries().known(10, 6)->attempts, 10U);
}

TEST_F(RetriesTest, AreListedByDueTimeOrBySequenceInPages) {
  write({retry_of(10, {1}, 3), retry_of(10, {2}, 1), retry_of(10, {3}, 2), retry_of(20, {4}, 0)});
  EXPECT_EQ(firsts(retries().by_due(10, {}, 2)), (Events{2, 3}));
  EXPECT_EQ(firsts(retries().by_due(10, RetryPosition{clock.now() + std::chrono::seconds{2}, 3}, 2)),
            (Events{1}));
  EXPECT_EQ(firsts(retries().by_sequence(10, 0, 2)), (Events{1, 2}));
  EXPECT_EQ(firsts(retries().by_sequence(10, 2, 2)), (Events{3}));
  EXPECT_EQ(retries().oldest().value().first, 1U);
  ASSERT_EQ(retries().count_by_channel().size(), 2U);
  EXPECT_EQ(retries().count_by_channel()[0].count, 3U);
}

TEST_F(RetriesTest, ADeathEndsTheRetryAndARetryEndsTheDeath) {
  write({retry_of(10, {7})});
  write({dead_of(1, 7)});
  EXPECT_FALSE(retries().oldest());
  ASSERT_EQ(dead(1).size(), 1U);
  write({retry_of(10, {7})});
  EXPECT_TRUE(dead(1).empty());
  EXPECT_EQ(retries().oldest().value().first, 7U);
}

TEST_F(RetriesTest, ChangesOfOneDeliveryApplyInTheirOrder) {
  write({retry_of(10, {7}), EndedDelivery{10, 7}, retry_of(10, {8}), dead_of(1, 8),
         EndedDelivery{10, 8}});
  EXPECT_FALSE(retries().oldest());
  EXPECT_TRUE(dead(1).empty());
  write({EndedDelivery{10, 9}, retry_of(10, {9})});
  EXPECT_EQ(retries().oldest().value().first, 9U);
}

TEST_F(RetriesTest, AChannelThatEndsTakesItsRetriesAlong) {
  write({retry_of(10, {1}), retry_of(20, {2}), EndedChannel{10}});
  EXPECT_EQ(retries().oldest().value().first, 2U);
}

TEST_F(RetriesTest, WhatAPowerCutTookBackIsForgotten) {
  DeadLetter batch = dead_of(1, 4);
  batch.events = {4, 5, 9};
  write({retry_of(10, {5}), retry_of(10, {6}), retry_of(20, {3, 5, 6, 8}), dead_of(1, 7), batch});
  retries().forget_beyond(5);
  EXPECT_EQ(firsts(retries().by_sequence(10, 0, 10)), (Events{5}));
  ASSERT_EQ(retries().by_sequence(20, 0, 10).size(), 1U);
  EXPECT_EQ(retries().by_sequence(20, 0, 10)[0].events, (Events{3, 5}));
  ASSERT_EQ(dead(1).size(), 1U);
  EXPECT_EQ(dead(1)[0].events, (Events{4, 5}));
  // What is left would hide the events that get those numbers from a start that looks what is settled.
  EXPECT_TRUE(retries().ranges(10, 6, 100).empty());
}

TEST_F(RetriesTest, AttemptsForEventsThatAPowerCutTookBackAreForgotten) {
  std::vector<Attempt> attempts;
  for (const auto& [webhook, event] : {std::pair{1U, 0U}, {1U, 4U}, {1U, 6U}, {1U, 7U}, {2U, 6U}}) {
    attempts.push_back(attempt_of(webhook));
    attempts.back().events = event == 0 ? Events{} : Events{event};  // none: a test
  }
  store->attempts().insert(attempts);
  retries().forget_beyond(5);
  EXPECT_EQ(retries().known(10, 4)->events, (Events{4}));
  EXPECT_FALSE(retries().known(10, 6));
  EXPECT_FALSE(retries().known(20, 6));
  EXPECT_EQ(std::get<Page<Attempt>>(store->attempts().list(1, {}, {.limit = 10})).rows.size(), 2U);
  // As many are pruned as are counted too many.
  Database database(path, Database::Use::read);
  Statement row = database.prepare("SELECT webhook, attempts FROM attempt_counts");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.number(0), 1U);
  EXPECT_EQ(row.number(1), 2U);
  EXPECT_FALSE(row.step());
}

TEST_F(RetriesTest, KnowWhichEventsAreSettled) {
  write({retry_of(10, {5, 9}), dead_of(1, 12), retry_of(20, {6})});
  using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  EXPECT_EQ(retries().ranges(10, 1, 100), (Ranges{{5, 9}, {12, 12}}));
  EXPECT_EQ(retries().ranges(10, 6, 11), Ranges{});
}

TEST_F(RetriesTest, KnowTheEventsOfADeliveryThatWaitsIsDeadOrWasLogged) {
  Attempt attempt = attempt_of(1);
  attempt.events = {30, 31};
  write({retry_of(10, {5, 9}), dead_of(1, 12), attempt});
  EXPECT_EQ(retries().known(10, 5)->events, (Events{5, 9}));
  EXPECT_EQ(retries().known(10, 12)->events, (Events{12}));
  EXPECT_EQ(retries().known(10, 30)->events, (Events{30, 31}));
  EXPECT_FALSE(retries().known(10, 99));
}

TEST_F(RetriesTest, DeadLettersAreListedByEventWithinARangeOfTime) {
  for (std::uint64_t event = 1; event <= 4; ++event) {
    write({dead_of(1, event)});
    clock.advance(std::chrono::seconds{1});
  }
  const base::Time begin = clock.now() - std::chrono::seconds{3};
  const auto page = retries().dead(1, begin, clock.now(), {}, 2);
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].events, (Events{2}));
  EXPECT_EQ(page[1].events, (Events{3}));
  const auto next = retries().dead(1, begin, clock.now(), DeadLetterPosition{3, 10}, 2);
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].events, (Events{4}));
}

}  // namespace
}  // namespace sluice::store

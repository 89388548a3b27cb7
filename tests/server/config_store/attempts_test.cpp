// The log of attempts comes back whole, newest first, however it is filtered and cut into pages.
#include "config_store/attempts.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "config_store/database.hpp"
#include "config_store/migration.hpp"
#include "tests/server/config_store/delivery_rig.hpp"

namespace sluice::store {
namespace {

using Ids = std::vector<std::string>;

struct AttemptsTest : testing::Test, DeliveryRig {
  Attempts& attempts() { return store->attempts(); }
  Page<Attempt> list(std::uint32_t webhook, const AttemptFilter& filter = {},
                     const PageRequest& request = {}) {
    return std::get<Page<Attempt>>(attempts().list(webhook, filter, request));
  }
  static Ids ids(const Page<Attempt>& page) {
    Ids all;
    for (const Attempt& attempt : page.rows) all.push_back(attempt.delivery_id);
    return all;
  }
  std::vector<Attempt> of_delivery(const Attempt& given, std::size_t limit = 100) {
    return attempts().of_delivery(
        {given.webhook, given.channel, given.events.empty() ? 0 : given.events.front()},
        given.delivery_id, limit);
  }
  /// Inserts one a second; returns their delivery ids.
  Ids insert(const std::vector<Attempt>& given) {
    Ids all;
    for (Attempt attempt : given) {
      attempt.at = clock.now();
      attempts().insert({&attempt, 1});
      all.push_back(attempt.delivery_id);
      clock.advance(std::chrono::seconds{1});
    }
    return all;
  }
};

TEST_F(AttemptsTest, EverythingComesBack) {
  Attempt attempt = attempt_of(3, AttemptOutcome::failed);
  attempt.channel_kind = domain::ChannelKind::slack;
  attempt.events = {(std::uint64_t{1} << 62U) + 5, (std::uint64_t{1} << 62U) + 900};
  attempt.attempt = 4;
  attempt.duration = std::chrono::microseconds{12'345};
  attempt.status_code = 503;
  attempt.error = "the receiver answered 503";
  attempt.request = "POST https://hooks.slack.com/***";
  attempt.response = std::string("\0busy\xff", 6);
  attempts().insert({&attempt, 1});
  reopen();

  const Page<Attempt> page = list(3);
  const std::vector<Attempt> of_one = of_delivery(attempt);
  ASSERT_EQ(page.rows.size(), 1U);
  ASSERT_EQ(of_one.size(), 1U);
  for (const Attempt& found : {page.rows[0], of_one[0]}) {
    EXPECT_EQ(found.delivery_id, attempt.delivery_id);
    EXPECT_EQ(found.webhook, 3U);
    EXPECT_EQ(found.channel, 30U);
    EXPECT_EQ(found.channel_kind, domain::ChannelKind::slack);
    EXPECT_EQ(found.events, attempt.events);
    EXPECT_EQ(found.event_id, attempt.event_id);
    EXPECT_EQ(found.event_type, "object.created");
    EXPECT_EQ(found.attempt, 4U);
    EXPECT_EQ(found.at, attempt.at);
    EXPECT_EQ(found.duration, attempt.duration);
    EXPECT_EQ(found.outcome, AttemptOutcome::failed);
    EXPECT_EQ(found.status_code, 503);
    EXPECT_EQ(found.error, attempt.error);
  }
  EXPECT_EQ(of_one[0].request, attempt.request);
  EXPECT_EQ(of_one[0].response, attempt.response);
  EXPECT_EQ(page.rows[0].request + page.rows[0].response, "");
}

TEST_F(AttemptsTest, LongTextsAreCut) {
  Attempt attempt = attempt_of(1);
  attempt.response.assign(20'000, 'r');
  attempt.request.assign(8'191, 'q');
  attempt.request += "\xc3\xa9 and more";  // the cut would fall into the middle of this character
  attempt.error.assign(3'000, 'e');
  attempts().insert({&attempt, 1});
  const Attempt found = of_delivery(attempt)[0];
  EXPECT_EQ(found.response, std::string(16'384, 'r'));
  EXPECT_EQ(found.request, std::string(8'191, 'q'));
  EXPECT_EQ(found.error, std::string(2'048, 'e'));
}

TEST_F(AttemptsTest, AWebhookHasItsOwnNewestFirst) {
  const Attempt first = attempt_of(1);
  const Ids made = insert({first, attempt_of(2), attempt_of(1)});
  EXPECT_EQ(ids(list(1)), (Ids{made[2], made[0]}));
  EXPECT_EQ(ids(list(2)), Ids{made[1]});
  EXPECT_EQ(ids(list(3)), Ids{});
  EXPECT_EQ(of_delivery(first).size(), 1U);
  EXPECT_TRUE(
      attempts().of_delivery({2, first.channel, first.events[0]}, made[0], 100).empty());
}

TEST_F(AttemptsTest, AttemptsOfADeliveryAreInOrder) {
  std::vector<Attempt> batch(3, attempt_of(1, AttemptOutcome::failed));
  for (std::uint32_t i = 0; i < 3; ++i) batch[i].attempt = i + 1;
  attempts().insert(batch);
  const auto found = of_delivery(batch[0]);
  ASSERT_EQ(found.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(found[i].attempt, i + 1);
  EXPECT_EQ(of_delivery(batch[0], 2).size(), 2U);
}

TEST_F(AttemptsTest, ATestIsFoundAmongTheTestsOfItsChannel) {
  std::vector<Attempt> tests{attempt_of(1), attempt_of(1), attempt_of(1)};
  for (Attempt& test : tests) test.events.clear();
  attempts().insert(tests);
  const auto found = of_delivery(tests[1]);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].event_id, tests[1].event_id);
}

TEST_F(AttemptsTest, FiltersByOutcomeTypeAndTime) {
  using enum AttemptOutcome;
  const base::Time begin = clock.now();
  const Ids made = insert({attempt_of(1, failed, "a.b"), attempt_of(1, delivered, "a.b"),
                           attempt_of(1, dead, "c"), attempt_of(1, failed, "c"),
                           attempt_of(1, cancelled, "a.b")});
  const auto at = [&](int second) { return begin + std::chrono::seconds{second}; };
  EXPECT_EQ(ids(list(1, {.outcome = failed})), (Ids{made[3], made[0]}));
  EXPECT_EQ(ids(list(1, {.outcome = delivered})), Ids{made[1]});
  EXPECT_EQ(ids(list(1, {.outcome = dead})), Ids{made[2]});
  EXPECT_EQ(ids(list(1, {.outcome = cancelled})), Ids{made[4]});
  EXPECT_EQ(ids(list(1, {.event_type = "a.b"})), (Ids{made[4], made[1], made[0]}));
  EXPECT_EQ(ids(list(1, {.outcome = failed, .event_type = "a.b"})), Ids{made[0]});
  EXPECT_EQ(ids(list(1, {.since = at(1), .until = at(3)})), (Ids{made[2], made[1]}));
  EXPECT_EQ(ids(list(1, {.outcome = failed, .since = at(1)})), Ids{made[3]});
}

/// Each look at it is a millisecond later.
class TickingClock final : public base::Clock {
 public:
  base::Time now() const override { return {}; }
  std::chrono::steady_clock::time_point steady_now() const override {
    return std::chrono::steady_clock::time_point{std::chrono::milliseconds{++looks_}};
  }

 private:
  mutable std::atomic<int> looks_{0};
};

TEST_F(AttemptsTest, APageThatTakesLongIsShortAndGoesOn) {
  std::vector<Attempt> batch;
  Ids expected;
  for (int i = 0; i < 300; ++i) {
    batch.push_back(attempt_of(1));
    expected.insert(expected.begin(), batch.back().delivery_id);
  }
  attempts().insert(batch);
  store.reset();
  const TickingClock slow;
  DeliveryStore again(path, vault, slow, retention);
  Ids seen;
  int pages = 0;
  PageRequest request{.limit = 1000};
  do {
    const auto page = std::get<Page<Attempt>>(again.attempts().list(1, {}, request));
    EXPECT_GE(page.rows.size(), pages < 4 ? 50U : 1U);
    EXPECT_LT(page.rows.size(), 100U);
    for (const Attempt& attempt : page.rows) seen.push_back(attempt.delivery_id);
    request.cursor = page.next_cursor;
    ++pages;
  } while (request.cursor);
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(pages, 5);
}

TEST_F(AttemptsTest, PagesJoinToTheWholeWhileMoreComeIn) {
  std::vector<Attempt> batch;  // of one moment, so that only ids tell them apart
  Ids expected;
  for (int i = 0; i < 10; ++i) {
    batch.push_back(attempt_of(1, i % 2 == 0 ? AttemptOutcome::failed : AttemptOutcome::delivered));
    expected.insert(expected.begin(), batch.back().delivery_id);
  }
  attempts().insert(batch);
  Ids seen;
  PageRequest request{.limit = 3};
  do {
    const Page<Attempt> page = list(1, {}, request);
    for (const std::string& id : ids(page)) seen.push_back(id);
    request.cursor = page.next_cursor;
    insert({attempt_of(1)});
  } while (request.cursor);
  EXPECT_EQ(seen, expected);

  const Page<Attempt> some = list(1, {.outcome = AttemptOutcome::failed}, {.limit = 5});
  EXPECT_EQ(some.rows.size(), 5U);
  EXPECT_FALSE(some.next_cursor);
}

TEST_F(AttemptsTest, ACursorIsGoodForItsWebhookOnly) {
  insert({attempt_of(1), attempt_of(1), attempt_of(2)});
  const std::string cursor = *list(1, {}, {.limit = 1}).next_cursor;
  EXPECT_TRUE(std::holds_alternative<BadCursor>(attempts().list(2, {}, {.cursor = cursor})));
  EXPECT_TRUE(std::holds_alternative<BadCursor>(attempts().list(1, {}, {.cursor = "x"})));
}

TEST_F(AttemptsTest, AFilterThatPassesOverManyIsCutIntoShortPages) {
  const Ids oldest = insert({attempt_of(1, AttemptOutcome::delivered, "rare")});
  std::vector<Attempt> batch;
  for (int i = 0; i < 5'000; ++i) batch.push_back(attempt_of(1));
  attempts().insert(batch);
  PageRequest request;
  Ids seen;
  int pages = 0;
  do {
    const Page<Attempt> page = list(1, {.event_type = "rare"}, request);
    for (const std::string& id : ids(page)) seen.push_back(id);
    request.cursor = page.next_cursor;
    ++pages;
  } while (request.cursor && pages < 100);
  EXPECT_EQ(seen, oldest);
  EXPECT_EQ(pages, 3);
}

TEST_F(AttemptsTest, OfAnEarlierVersionAreFoundAndGoOn) {
  store.reset();
  path = directory / "earlier.db";
  {
    Database database(path, Database::Use::write);
    migrate(database, delivery_migrations().first(2), clock.now());
    database.execute(
        "INSERT INTO attempts VALUES (1, 7, 5, 'failed', 'a.b', 'dlv_1', 3, x'', 70, 'webhook',"
        " 'evt_1', 1, 9, 500, 'no', 'POST', x'736f727279');"
        "INSERT INTO attempts VALUES (2, 7, 6, 'delivered', 'a.b', 'dlv_2', 4, x'', 70, 'webhook',"
        " 'evt_2', 1, 9, 200, '', 'POST', x'');"
        "INSERT INTO attempts VALUES (3, 7, 7, 'delivered', 't', 'dlv_t', 0, x'', 70, 'webhook',"
        " 'evt_t', 1, 9, 200, '', 'POST', x'');"
        "INSERT INTO attempt_counts VALUES (7, 3)");
  }
  store.emplace(path, vault, clock, retention);
  Attempt again = attempt_of(7);
  again.delivery_id = "dlv_1";
  again.events = {3};
  again.attempt = 2;
  attempts().insert({&again, 1});
  const auto found = of_delivery(again);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].response, "sorry");
  EXPECT_EQ(found[1].attempt, 2U);
  EXPECT_EQ(attempts().of_delivery({7, 70, 0}, "dlv_t", 9).size(), 1U);
  EXPECT_EQ(ids(list(7)), (Ids{"dlv_1", "dlv_t", "dlv_2", "dlv_1"}));
  EXPECT_EQ(ids(list(7, {.outcome = AttemptOutcome::failed})), Ids{"dlv_1"});
}

TEST_F(AttemptsTest, AnEmptyBatchIsNothing) {
  attempts().insert({});
  EXPECT_TRUE(list(1).rows.empty());
}

}  // namespace
}  // namespace sluice::store

// What the simulation takes for the databases is what they are: both get the same changes and give the
// same answers, so that what the simulation proves of the dispatcher holds in production.
#include "delivery/production/stored_records.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "config_store/database.hpp"
#include "tests/server/config_store/delivery_rig.hpp"
#include "tests/server/delivery/simulation/sim_records.hpp"
#include "tests/support/random.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

constexpr journal::Sequence kEvents = 60;
constexpr std::uint32_t kChannels = 6;

std::uint32_t webhook_of(std::uint32_t channel) { return channel / 2 + 1; }

/// A delivery's events follow from its first, as those of a delivery do over all its attempts.
std::vector<journal::Sequence> events_from(journal::Sequence first) {
  std::vector<journal::Sequence> events{first};
  for (journal::Sequence i = 1; i <= first % 4; ++i) events.push_back(events.back() + 1 + i % 2);
  return events;
}

auto key(const WaitingDelivery& row) {
  return std::tie(row.webhook, row.channel, row.events, row.attempts, row.due_at, row.last_error,
                  row.made, row.recipients);
}
auto key(const DeadDelivery& row) {
  return std::tie(row.webhook, row.channel, row.events, row.event_id, row.event_type,
                  row.accepted_at, row.attempts, row.died_at, row.reason, row.status_code,
                  row.recipients);
}
auto key(const WaitingSummary& row) { return std::tie(row.webhook, row.channel, row.count); }
auto key(const SequenceRange& range) { return std::tie(range.first, range.last); }

template <class Rows>
bool are_equal(const Rows& one, const Rows& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const auto& a, const auto& b) { return key(a) == key(b); });
}

struct StoredRecordsTest : testing::Test {
  store::StoreRig webhooks;
  store::DeliveryRig deliveries;
  StoredRecords stored{*deliveries.store, webhooks.store->webhooks()};
  testkit::SimRecords simulated;

  base::Time at(std::uint64_t second) { return deliveries.clock.now() + std::chrono::seconds{second}; }

  RecordChange random_change(testkit::Random& random) {
    const auto channel = static_cast<std::uint32_t>(random.below(kChannels));
    const journal::Sequence first = 1 + random.below(kEvents);
    const bool is_waiting = simulated.waiting_rows.contains({channel, first});
    switch (random.below(is_waiting ? 4 : 3)) {
      case 0: {
        DeadDelivery dead;
        dead.webhook = webhook_of(channel);
        dead.channel = channel;
        dead.events = events_from(first);
        dead.event_id = "e" + std::to_string(first);
        dead.event_type = "a.b";
        dead.accepted_at = at(first);
        dead.attempts = static_cast<std::uint32_t>(random.below(10));
        dead.died_at = at(100 + random.below(10));
        dead.reason = "gone";
        dead.recipients = random.below(2) == 0 ? "" : "+a@b.c\n-d@e.f no\n";
        if (random.below(2) == 0) dead.status_code = 404;
        return dead;
      }
      case 1:
        if (random.below(20) == 0) return ChannelGone{webhook_of(channel), channel};
        [[fallthrough]];
      case 2:
        return WaitingDelivery{webhook_of(channel),
                               channel,
                               events_from(first),
                               static_cast<std::uint32_t>(random.below(10)),
                               at(random.below(5)),
                               "late",
                               static_cast<std::uint32_t>(random.below(20)),
                               random.below(2) == 0 ? "" : "+a@b.c\n"};
      default:
        return DeliveredAfterWaiting{channel, first};
    }
  }

  /// Page by page, with a limit that cuts between rows of the same time.
  template <class Records>
  static std::vector<WaitingDelivery> all_waiting(Records& records, std::uint32_t channel,
                                                  WaitingOrder order) {
    std::vector<WaitingDelivery> all;
    std::optional<WaitingKey> after;
    for (;;) {
      const std::vector<WaitingDelivery> page = records.waiting(channel, order, after, 3);
      if (page.empty()) return all;
      all.insert(all.end(), page.begin(), page.end());
      after = {page.back().due_at, page.back().first()};
    }
  }
  template <class Records>
  static std::vector<DeadDelivery> all_dead(Records& records, std::uint32_t webhook,
                                            base::Time since, base::Time until) {
    std::vector<DeadDelivery> all;
    std::optional<DeadKey> after;
    for (;;) {
      const std::vector<DeadDelivery> page = records.dead(webhook, since, until, after, 3);
      if (page.empty()) return all;
      all.insert(all.end(), page.begin(), page.end());
      after = {page.back().events.front(), page.back().channel};
    }
  }
  template <class Records>
  static std::vector<SequenceRange> all_settled(Records& records, std::uint32_t channel) {
    std::vector<SequenceRange> all = records.settled(channel, {5, kEvents - 5});
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return key(a) < key(b); });
    return all;
  }

  template <class Records>
  static std::vector<WaitingDelivery> all_below(Records& records, journal::Sequence below) {
    std::vector<WaitingDelivery> all;
    std::optional<OldestKey> after;
    for (;;) {
      const std::vector<WaitingDelivery> page = records.waiting_below(below, after, 3);
      if (page.empty()) return all;
      all.insert(all.end(), page.begin(), page.end());
      after = {page.back().first(), page.back().channel};
    }
  }

  void expect_same_answers() {
    EXPECT_EQ(stored.oldest_waiting(), simulated.oldest_waiting());
    for (const journal::Sequence below : {journal::Sequence{1}, kEvents / 2, kEvents + 1})
      EXPECT_TRUE(are_equal(all_below(stored, below), all_below(simulated, below)));
    EXPECT_TRUE(are_equal(stored.waiting_channels(), simulated.waiting_channels()));
    for (std::uint32_t channel = 0; channel < kChannels; ++channel) {
      for (const WaitingOrder order : {WaitingOrder::due, WaitingOrder::sequence})
        EXPECT_TRUE(are_equal(all_waiting(stored, channel, order),
                              all_waiting(simulated, channel, order)));
      EXPECT_TRUE(are_equal(all_settled(stored, channel), all_settled(simulated, channel)));
      for (journal::Sequence first = 1; first <= kEvents; ++first)
        EXPECT_EQ(stored.known(channel, first), simulated.known(channel, first));
      EXPECT_TRUE(are_equal(all_dead(stored, webhook_of(channel), at(10), at(50)),
                            all_dead(simulated, webhook_of(channel), at(10), at(50))));
    }
  }
};

TEST_F(StoredRecordsTest, AnswerAsTheSimulationsDo) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  testkit::Random random(seed);
  for (int turn = 0; turn < 60 && !HasFailure(); ++turn) {
    std::vector<RecordChange> changes;
    for (std::uint64_t i = random.below(30); i > 0; --i) {
      // One at a time to the simulated ones, which tell what is waiting.
      changes.push_back(random_change(random));
      simulated.write({&changes.back(), 1});
    }
    stored.write(changes);
    if (random.below(10) == 0) {
      const journal::Sequence committed = kEvents / 2 + random.below(kEvents);
      stored.forget_beyond(committed);
      simulated.forget_beyond(committed);
    }
    expect_same_answers();
  }
}

TEST_F(StoredRecordsTest, ShowAnAttemptAsWhatCameOfIt) {
  AttemptRecord attempt;
  attempt.delivery_id = "dlv_1";
  attempt.webhook = 7;
  attempt.channel = 8;
  attempt.kind = domain::ChannelKind::slack;
  attempt.events = {3, 4};
  attempt.event_id = "e3";
  attempt.event_type = "a.b";
  attempt.at = at(1);
  attempt.verdict.status_code = 404;
  attempt.verdict.error = "no";
  attempt.verdict.request_summary = "POST";
  attempt.verdict.response_body = "no_service";
  attempt.verdict.duration = 5ms;
  for (const auto& [decision, outcome] :
       {std::pair{Decision::delivered, store::AttemptOutcome::delivered},
        std::pair{Decision::retry, store::AttemptOutcome::failed},
        std::pair{Decision::permanent, store::AttemptOutcome::dead},
        std::pair{Decision::disable, store::AttemptOutcome::dead}}) {
    attempt.verdict.decision = decision;
    ++attempt.attempt;
    stored.write(std::vector<RecordChange>{attempt});
    const auto row = deliveries.store->attempts().of_delivery({7, 8, 3}, "dlv_1", 100).back();
    EXPECT_EQ(row.outcome, outcome);
    EXPECT_EQ(row.attempt, attempt.attempt);
    EXPECT_EQ(row.channel, 8U);
    EXPECT_EQ(row.channel_kind, domain::ChannelKind::slack);
    EXPECT_EQ(row.event_id, "e3");
    EXPECT_EQ(row.event_type, "a.b");
    EXPECT_EQ(row.at, at(1));
    EXPECT_EQ(row.duration, 5ms);
    EXPECT_EQ(row.status_code, 404);
    EXPECT_EQ(row.error, "no");
    EXPECT_EQ(row.request, "POST");
    EXPECT_EQ(row.response, "no_service");
  }
  EXPECT_EQ(stored.known(8, 3), (KnownDelivery{{3, 4}, attempt.attempt, {}}));
}

// The ledger writes again what could not be written.
TEST_F(StoredRecordsTest, KeepNoAttemptTwiceWhileTheWebhooksCannotBeWritten) {
  AttemptRecord attempt;
  attempt.delivery_id = "dlv_1";
  attempt.webhook = 7;
  attempt.channel = 8;
  attempt.events = {3};
  HealthRecord health;
  health.webhook = 7;
  const std::vector<RecordChange> changes{attempt, health};
  store::Database intruder(webhooks.path, store::Database::Use::write);
  intruder.execute("ALTER TABLE webhook_health RENAME TO elsewhere");
  EXPECT_THROW(stored.write(changes), store::StoreError);
  intruder.execute("ALTER TABLE elsewhere RENAME TO webhook_health");
  stored.write(changes);
  EXPECT_EQ(deliveries.store->attempts().of_delivery({7, 8, 3}, "dlv_1", 100).size(), 1U);
}

TEST_F(StoredRecordsTest, TellTheWebhookItsHealthAndWhyItIsDisabled) {
  const domain::Webhook made =
      webhooks.store->webhooks().create(webhooks.make_organisation(), store::draft_of("n"));
  HealthRecord health;
  health.webhook = made.number;
  health.last_error = domain::LastError{"refused", at(2), domain::ChannelKind::webhook, 500, "e1"};
  health.last_success_at = at(1);
  health.consecutive_failures = 3;
  health.failing_since = at(2);
  stored.write(std::vector<RecordChange>{health, DisabledWebhook{made.number, "it wants no more"},
                                         DisabledWebhook{made.number + 1, "there is no such webhook"}});
  const auto found = webhooks.store->webhooks().find_by_number(made.number);
  ASSERT_TRUE(found && found->health.last_error);
  EXPECT_FALSE(found->draft.is_active);
  EXPECT_EQ(found->health.disabled_reason, "it wants no more");
  EXPECT_EQ(found->health.last_error->message, "refused");
  EXPECT_EQ(found->health.last_error->status_code, 500);
  EXPECT_EQ(found->health.last_success_at, at(1));
  EXPECT_EQ(found->health.consecutive_failures, 3U);
  EXPECT_EQ(found->health.failing_since, at(2));
}

}  // namespace
}  // namespace sluice::delivery

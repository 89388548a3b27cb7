#include "delivery/counted_sender.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "domain/traffic.hpp"

namespace sluice::delivery {
namespace {

constexpr std::uint32_t kOrganisation = 7;

/// Gives every delivery the same verdict, at once: a real one waits for the loop.
class FixedSender final : public Sender {
 public:
  void send(Delivery /*delivery*/, Receiver receiver) override { receiver(verdict); }

  Verdict verdict;
};

class CountedSenderTest : public ::testing::Test {
 protected:
  void send(Decision decision, bool was_cancelled, std::vector<journal::Sequence> sequences) {
    fixed.verdict.decision = decision;
    fixed.verdict.was_cancelled = was_cancelled;
    auto target = std::make_shared<DeliveryTarget>();
    target->organisation = kOrganisation;
    Delivery delivery;
    delivery.target = std::move(target);
    for (const journal::Sequence sequence : sequences)
      delivery.events.push_back({.sequence = sequence, .event_id = "", .json = ""});
    counted.send(std::move(delivery), [this](Verdict) { ++answers; });
  }

  FixedSender fixed;
  domain::Traffic traffic;
  CountedSender counted{fixed, traffic};
  int answers = 0;
};

TEST_F(CountedSenderTest, CountsAttemptsAndTheEventsOfThoseThatSucceeded) {
  send(Decision::delivered, false, {1, 2, 3});
  send(Decision::retry, false, {4});
  send(Decision::permanent, false, {5});
  send(Decision::disable, false, {6});
  const domain::TrafficCounts counts = traffic.of(kOrganisation);
  EXPECT_EQ(counts.delivered, 1U);
  EXPECT_EQ(counts.delivered_events, 3U);
  EXPECT_EQ(counts.failed, 3U);
  EXPECT_EQ(answers, 4);
}

TEST_F(CountedSenderTest, CountsNoTestsAndNothingThatWasCancelled) {
  send(Decision::delivered, false, {0});
  send(Decision::retry, true, {4});
  const domain::TrafficCounts counts = traffic.of(kOrganisation);
  EXPECT_EQ(counts.delivered + counts.failed, 0U);
  EXPECT_EQ(answers, 2);
}

}  // namespace
}  // namespace sluice::delivery

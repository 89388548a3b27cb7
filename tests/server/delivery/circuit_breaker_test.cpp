#include "delivery/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

constexpr CircuitRules kRules{.failures_to_open = 5, .first_pause = 30s, .longest_pause = 300s};
constexpr CircuitBreaker::TimePoint kStart{1h};

CircuitBreaker opened(CircuitBreaker::TimePoint now = kStart) {
  CircuitBreaker circuit;
  for (int i = 0; i < 5; ++i) circuit.fail(now, 0.0, kRules);
  return circuit;
}

TEST(CircuitBreaker, StaysClosedBelowItsThreshold) {
  CircuitBreaker circuit;
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(circuit.fail(kStart, 0.0, kRules));
  EXPECT_EQ(circuit.state(), State::closed);
  EXPECT_TRUE(circuit.admit(kStart));
  EXPECT_LE(circuit.next_admission(), kStart);
}

TEST(CircuitBreaker, OpensWithTheFifthFailureInARow) {
  CircuitBreaker circuit;
  for (int i = 0; i < 4; ++i) circuit.fail(kStart, 0.0, kRules);
  EXPECT_TRUE(circuit.fail(kStart, 0.0, kRules));
  EXPECT_EQ(circuit.state(), State::open);
  EXPECT_FALSE(circuit.admit(kStart + 29s));
}

TEST(CircuitBreaker, ASuccessStartsTheCountAnew) {
  CircuitBreaker circuit;
  for (int i = 0; i < 4; ++i) circuit.fail(kStart, 0.0, kRules);
  circuit.succeed();
  for (int i = 0; i < 4; ++i) circuit.fail(kStart, 0.0, kRules);
  EXPECT_EQ(circuit.state(), State::closed);
}

TEST(CircuitBreaker, AdmitsOneProbeWhenThePauseIsOver) {
  CircuitBreaker circuit = opened();
  EXPECT_GE(circuit.next_admission(), kStart + 30s);
  EXPECT_LE(circuit.next_admission(), kStart + 30s + 200ms);
  EXPECT_TRUE(circuit.admit(circuit.next_admission()));
  EXPECT_EQ(circuit.state(), State::half_open);
  EXPECT_FALSE(circuit.admit(kStart + 24h)) << "the probe is still on its way";
  EXPECT_EQ(circuit.next_admission(), CircuitBreaker::TimePoint::max());
}

TEST(CircuitBreaker, ClosesWhenTheProbeSucceeds) {
  CircuitBreaker circuit = opened();
  ASSERT_TRUE(circuit.admit(kStart + 31s));
  circuit.succeed();
  EXPECT_EQ(circuit.state(), State::closed);
  EXPECT_TRUE(circuit.admit(kStart + 31s));
  EXPECT_FALSE(circuit.fail(kStart + 31s, 0.0, kRules)) << "the count starts anew";
}

TEST(CircuitBreaker, WaitsTwiceAsLongAfterEachFailedProbeUpToTheLongestPause) {
  CircuitBreaker circuit = opened();
  auto now = kStart;
  for (const auto pause : {30s, 60s, 120s, 240s, 300s, 300s}) {
    EXPECT_FALSE(circuit.admit(now + pause - 100ms)) << pause.count();
    now += pause + 200ms;
    ASSERT_TRUE(circuit.admit(now)) << pause.count();
    EXPECT_TRUE(circuit.fail(now, 0.0, kRules));
  }
}

TEST(CircuitBreaker, AfterASuccessThePauseIsShortAgain) {
  CircuitBreaker circuit = opened();
  ASSERT_TRUE(circuit.admit(kStart + 31s));
  circuit.fail(kStart + 31s, 0.0, kRules);
  ASSERT_TRUE(circuit.admit(kStart + 100s));
  circuit.succeed();
  for (int i = 0; i < 5; ++i) circuit.fail(kStart + 100s, 0.0, kRules);
  EXPECT_TRUE(circuit.admit(kStart + 131s));
}

TEST(CircuitBreaker, AProbeThatSaidNothingIsGivenBack) {
  CircuitBreaker circuit = opened();
  ASSERT_TRUE(circuit.admit(kStart + 31s));
  circuit.release();
  EXPECT_TRUE(circuit.admit(kStart + 31s));
}

TEST(CircuitBreaker, FailuresThatWereOnTheirWayDoNotLengthenThePause) {
  CircuitBreaker circuit = opened();
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(circuit.fail(kStart + 5s, 0.0, kRules));
  EXPECT_TRUE(circuit.admit(kStart + 31s));
}

TEST(CircuitBreaker, JitterShortensThePauseByUpToAFifth) {
  CircuitBreaker circuit;
  for (int i = 0; i < 5; ++i) circuit.fail(kStart, 1.0, kRules);
  EXPECT_FALSE(circuit.admit(kStart + 23'900ms));
  EXPECT_TRUE(circuit.admit(kStart + 24'200ms));
}

TEST(CircuitBreaker, SurvivesMoreFailuresThanItsCountersHold) {
  CircuitBreaker circuit;
  auto now = kStart;
  for (int i = 0; i < 1000; ++i) {
    circuit.fail(now, 0.0, kRules);
    now += 301s;
    ASSERT_TRUE(circuit.admit(now));
  }
}

}  // namespace
}  // namespace sluice::delivery

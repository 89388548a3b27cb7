#include "delivery/recipient_outcomes.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "delivery/sender.hpp"

namespace sluice::delivery {
namespace {

const std::vector<std::string> kThree{"ann@one.test", "bob@one.test", "+15550001111"};

Verdict judged(const RecipientOutcomes& outcomes, const RecipientOutcomes::Errors& pending = {}) {
  Verdict verdict;
  outcomes.judge(kThree, pending, verdict);
  return verdict;
}

TEST(RecipientOutcomes, ComeBackFromTheirText) {
  RecipientOutcomes outcomes;
  outcomes.accept("ann@one.test");
  outcomes.refuse("bob@one.test", "550 no\nsuch mailbox");
  outcomes.refuse("+15550001111", "");
  const RecipientOutcomes again = RecipientOutcomes::parse(outcomes.to_text());
  EXPECT_EQ(again.to_text(), outcomes.to_text());
  EXPECT_TRUE(again.is_settled("+15550001111"));
  EXPECT_FALSE(again.is_settled("eve@one.test"));
  EXPECT_EQ(RecipientOutcomes::accepted_of(outcomes.to_text()), "+ann@one.test\n");
}

TEST(RecipientOutcomes, OfATextThatIsNoneAreUnknown) {
  for (const char* text : {"", "\n\n", "+", "?ann@one.test\n", "- \n"})
    EXPECT_FALSE(RecipientOutcomes::parse(text).is_settled("ann@one.test")) << text;
}

TEST(RecipientOutcomes, ALongErrorIsCutBetweenCharacters) {
  RecipientOutcomes outcomes;
  outcomes.refuse("ann@one.test", std::string(299, 'x') + "\xc3\xa9");
  EXPECT_EQ(outcomes.to_text(), "-ann@one.test " + std::string(299, 'x') + "\n");
}

TEST(RecipientOutcomes, OneThatMayStillGetItKeepsTheDeliveryAlive) {
  RecipientOutcomes outcomes;
  outcomes.accept("ann@one.test");
  outcomes.refuse("bob@one.test", "550");
  const Verdict verdict = judged(outcomes, {{"+15550001111", "busy"}});
  EXPECT_EQ(verdict.decision, Decision::retry);
  EXPECT_EQ(verdict.error,
            "bob@one.test: 550; +15550001111: busy; 1 of 3 have it, and do not get it again");
  EXPECT_EQ(verdict.recipients, outcomes.to_text());
}

TEST(RecipientOutcomes, OneThatWasRefusedMakesItDeadWhenTheOthersHaveIt) {
  RecipientOutcomes outcomes;
  outcomes.refuse("bob@one.test", "550");
  outcomes.accept("ann@one.test");
  outcomes.accept("+15550001111");
  EXPECT_EQ(judged(outcomes).decision, Decision::permanent);
  outcomes.accept("bob@one.test");
  const Verdict verdict = judged(outcomes);
  EXPECT_EQ(verdict.decision, Decision::delivered);
  EXPECT_EQ(verdict.error, "");
}

}  // namespace
}  // namespace sluice::delivery

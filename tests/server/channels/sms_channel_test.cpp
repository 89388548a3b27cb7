#include "delivery/channels/sms_channel.hpp"

#include <gtest/gtest.h>

namespace sluice::delivery {
namespace {

Verdict judged(Outcome outcome, int status, std::string body, bool may_have_been_sent = true) {
  OutboundResult result;
  result.outcome = outcome;
  result.status = status;
  result.body = std::move(body);
  result.may_have_been_sent = may_have_been_sent;
  return judge_sms(std::move(result), "POST", base::Time{});
}

TEST(JudgeSms, TakesCreatedForSent) {
  EXPECT_EQ(judged(Outcome::response, 201, R"({"sid":"SM1","status":"queued"})").decision,
            Decision::delivered);
}

TEST(JudgeSms, SendsAgainOnlyWhatSurelyWasNotSent) {
  EXPECT_EQ(judged(Outcome::refused_connection, 0, "", false).decision, Decision::retry);
  EXPECT_EQ(judged(Outcome::timeout, 0, "", false).decision, Decision::retry);
  EXPECT_EQ(judged(Outcome::timeout, 0, "", true).decision, Decision::permanent);
  EXPECT_EQ(judged(Outcome::reset, 0, "", true).decision, Decision::permanent);
  EXPECT_EQ(judged(Outcome::response, 503, "").decision, Decision::retry);
  EXPECT_EQ(judged(Outcome::response, 500, R"({"code":1})").decision, Decision::permanent);
  EXPECT_EQ(judged(Outcome::response, 429, R"({"code":20429})").decision, Decision::retry);
}

TEST(JudgeSms, GivesUpOnWhatTheProviderRefusesAndSaysWhy) {
  const Verdict verdict = judged(Outcome::response, 400,
                                 R"({"code":21211,"message":"Invalid 'To' number","status":400})");
  EXPECT_EQ(verdict.decision, Decision::permanent);
  EXPECT_NE(verdict.error.find("21211"), verdict.error.npos);
  EXPECT_NE(verdict.error.find("Invalid 'To' number"), verdict.error.npos);
}

}  // namespace
}  // namespace sluice::delivery

// Any answer of Slack or of an SMS provider: what is made of it is text that can be shown and is bounded,
// an unclear answer never counts as delivered, and an SMS that may have been sent is not sent again.
// The first two bytes are the status and the outcome, the rest is the body.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "delivery/channels/slack_channel.hpp"
#include "delivery/channels/sms_channel.hpp"
#include "fuzz/require.hpp"

namespace {

namespace delivery = sluice::delivery;
using delivery::Decision;
using delivery::OutboundResult;
using delivery::Outcome;
using delivery::Verdict;
using sluice::testkit::require;

constexpr int kStatuses[] = {0,   200, 201, 202, 204, 301, 400, 401, 403,
                             404, 410, 413, 429, 500, 502, 503, 599};
constexpr Outcome kOutcomes[] = {Outcome::response, Outcome::reset, Outcome::timeout,
                                 Outcome::malformed, Outcome::refused_connection};

OutboundResult result_of(const std::uint8_t* data, std::string_view body) {
  OutboundResult result;
  result.status = kStatuses[data[0] % std::size(kStatuses)];
  result.outcome = result.status == 0 ? kOutcomes[1 + data[1] % 4] : kOutcomes[data[1] % 2];
  result.may_have_been_sent = data[1] % 3 != 0;
  result.body = body;
  result.detail = body.substr(0, 50);
  result.retry_after = body.substr(0, 20);
  return result;
}

void check_texts(const Verdict& verdict, std::size_t body_bytes) {
  require(simdjson::validate_utf8(verdict.error), "an error is text");
  require(simdjson::validate_utf8(verdict.response_body), "what is shown of an answer is text");
  require(verdict.error.size() < 500, "an error is a sentence");
  require(verdict.response_body.size() <= body_bytes, "an answer does not grow");
  require((verdict.decision == Decision::delivered) == verdict.error.empty(),
          "what was not delivered says why");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view body{reinterpret_cast<const char*>(data) + 2, size - 2};
  const sluice::base::Time now{};
  const OutboundResult result = result_of(data, body);
  const bool is_success = result.outcome == Outcome::response && result.status / 100 == 2;
  for (const bool is_web_api : {false, true}) {
    const Verdict verdict = delivery::judge_slack(OutboundResult{result}, is_web_api, "POST", now);
    check_texts(verdict, body.size());
    require(verdict.decision != Decision::delivered || is_success, "Slack takes with 2xx only");
    require(verdict.decision != Decision::disable, "Slack disables nothing");
  }
  const Verdict verdict = delivery::judge_sms(OutboundResult{result}, "POST", now);
  check_texts(verdict, body.size());
  require(verdict.decision != Decision::delivered || is_success, "a provider takes with 2xx only");
  const bool is_unclear = result.outcome != Outcome::response && result.may_have_been_sent;
  require(!is_unclear || verdict.decision == Decision::permanent, "what may be sent stays unsent");
  return 0;
}

#include "delivery/channels/http_verdict.hpp"

#include "base/utf8.hpp"
#include "delivery/retry_after.hpp"

namespace sluice::delivery {

Verdict http_verdict(OutboundResult&& result, std::string_view request, base::Time now) {
  Verdict verdict;
  verdict.request_summary = request;
  verdict.duration = result.total_time;
  verdict.response_body = base::repaired_utf8(std::move(result.body));
  if (result.status != 0) verdict.status_code = result.status;
  if (result.outcome == Outcome::response) {
    verdict.error = "the receiver answered " + std::to_string(result.status);
    if (!result.retry_after.empty() && (result.status == 429 || result.status == 503))
      verdict.retry_after = parse_retry_after(result.retry_after, now);
    return verdict;
  }
  verdict.error = std::string{to_text(result.outcome)};
  if (!result.detail.empty())
    verdict.error += ": " + base::repaired_utf8(std::move(result.detail));
  verdict.was_refused = result.outcome == Outcome::refused_connection;
  verdict.was_cancelled =
      result.outcome == Outcome::cancelled || result.outcome == Outcome::overloaded;
  return verdict;
}

std::string beginning(std::string_view text, std::size_t bytes) {
  return base::repaired_utf8(std::string{text.substr(0, bytes)});
}

std::string request_line(const domain::Url& url, std::size_t body_bytes, bool is_path_secret) {
  const std::string_view target = url.target;
  std::string line = url.is_secure ? "POST https://" : "POST http://";
  line += url.authority();
  line += is_path_secret ? "/..." : std::string{target.substr(0, target.find('?'))};
  return line + " (" + std::to_string(body_bytes) + " bytes)";
}

}  // namespace sluice::delivery

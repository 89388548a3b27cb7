// What `sluice listen` does with a request.
//
// Roles:      any I/O thread counts; whoever prints the totals reads.
// Invariants: the counters never fall.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "delayed_answers.hpp"
#include "http/handler.hpp"
#include "random_stream.hpp"

namespace sluice::tool {

struct ReceiverOptions {
  std::string secret;  // whsec_, whpk_ or whsk_; empty: signatures are not verified
  double fail_rate = 0;
  int fail_status = 500;
  std::chrono::milliseconds delay{0};
  bool is_quiet = false;
};

/// Whether one of the entries of `signatures` is that of this message under `secret`, and the
/// timestamp is within five minutes of `now`. Empty: it is; otherwise what is wrong.
/// Source: Standard Webhooks 1.0.0, section "Verifying signatures".
std::string signature_problem(std::string_view secret, std::string_view id,
                              std::string_view timestamp, std::string_view signatures,
                              std::string_view body, base::Time now);

/// Thread safety: begin() from any thread.
class DeliveryReceiver final : public http::Handler {
 public:
  explicit DeliveryReceiver(const ReceiverOptions& options)
      : options_(options), answers_(options.delay) {}

  std::unique_ptr<http::BodyReceiver> begin(const http::RequestHead& head,
                                            http::Reply reply) override;

  /// Requests so far, and those with a bad signature.
  std::uint64_t received() const noexcept;
  std::uint64_t refused() const noexcept;

 private:
  class Body;

  http::Response take(const http::RequestHead& head, const std::string& body);
  bool fails_now();

  const ReceiverOptions options_;
  base::SystemClock clock_;
  std::atomic<std::uint64_t> received_{0};  // any I/O thread counts, anybody reads
  std::atomic<std::uint64_t> refused_{0};   // the same
  base::Mutex output_;
  RandomStream chance_ SLUICE_GUARDED_BY(output_){1, 1};
  DelayedAnswers answers_;
};

}  // namespace sluice::tool

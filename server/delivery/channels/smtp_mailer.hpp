// Mail through the operator's relay, on threads of its own, since libcurl's SMTP blocks.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "delivery/channels/smtp_relay.hpp"
#include "delivery/egress_guard.hpp"
#include "delivery/resolver.hpp"

namespace sluice::delivery {

/// One message to one recipient.
struct Mail {
  std::string recipient;
  std::vector<std::string> headers;  // whole lines, without CR LF, as header_value() makes them safe
  std::string content_type;
  std::string body;
  std::string plain_body;  // the alternative; empty: none
  std::chrono::milliseconds timeout{60'000};
};

struct MailResult {
  enum class Kind : std::uint8_t { accepted, transient, permanent };
  Kind kind = Kind::transient;
  long reply_code = 0;  // SMTP's; 0: none came
  std::string error;    // one sentence; empty when accepted
};

/// A connection to the relay is kept by each thread. AUTH is only ever sent over TLS while
/// is_tls_required. Thread safety: every member, from any thread.
class SmtpMailer {
 public:
  using Receiver = std::function<void(std::vector<MailResult>)>;

  /// Lifetime: `guard` and `resolver` outlive it. Before each mail every address that the relay's name
  /// resolves to is vetted: one bad address refuses the name.
  SmtpMailer(SmtpRelay relay, const EgressGuard& guard, Resolver& resolver, std::size_t threads = 4);
  /// Sends what has begun, and fails the rest as transient.
  ~SmtpMailer();
  SmtpMailer(const SmtpMailer&) = delete;
  SmtpMailer& operator=(const SmtpMailer&) = delete;

  const SmtpRelay& relay() const noexcept { return relay_; }

  /// Sends the mails one after the other; `receiver` is called once, on a thread of the mailer, with
  /// a result for each. False: too much is waiting, and `receiver` is not called.
  [[nodiscard]] bool send(std::vector<Mail> mails, Receiver receiver);

 private:
  struct Job {
    std::vector<Mail> mails;
    Receiver receiver;
  };
  class Connection;
  static constexpr std::size_t kMostWaiting = 10'000;

  void work();

  const SmtpRelay relay_;
  const EgressGuard& guard_;
  Resolver& resolver_;
  base::Mutex mutex_;
  base::Condition wake_;
  std::deque<Job> queue_ SLUICE_GUARDED_BY(mutex_);
  bool is_stopping_ SLUICE_GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;  // last: they use what is above
};

}  // namespace sluice::delivery

// A Session without a socket: bytes go in by feed(), and what it says comes back.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/session.hpp"
#include "tests/server/http/scripted_handler.hpp"
#include "tests/server/support/manual_clock.hpp"
#include "tests/server/support/seeded_random.hpp"

namespace sluice::http {

class SessionStage final : public SessionHost {
 public:
  explicit SessionStage(ScriptedHandler::Script script, RequestLimits limits = {},
                        std::size_t routes = 0)
      : limits_(limits),
        handler_(std::move(script), routes),
        mailbox_(std::make_shared<Mailbox>([this] { is_woken = true; })),
        context_(limits_, handler_, clock, counters_, mailbox_, seeded_ids()),
        session_(std::make_unique<Session>(context_, *this, "192.0.2.1")) {
    mailbox_->adopt_thread();
    context_.date.set(base::Time{});
  }
  ~SessionStage() { mailbox_->close(); }
  SessionStage(const SessionStage&) = delete;
  SessionStage& operator=(const SessionStage&) = delete;

  /// What the session answers to these bytes behind the earlier ones.
  std::string feed(std::string_view bytes) {
    kept_ += bytes;
    std::string output;
    kept_.erase(0, session_->consume(kept_, output));
    return output;
  }

  /// What it answers when Replies have done something, on this thread or another.
  std::string take_answers() {
    std::string output;
    while (ExchangeRef exchange = mailbox_->take()) {
      if (exchange->host() == nullptr) continue;
      session_->settle(output);
    }
    return output + feed("");
  }

  std::string expire() {
    std::string output;
    session_->expire(output);
    return output;
  }

  void disconnect() { session_.reset(); }
  void wake() override {}

  Session& session() { return *session_; }
  Session::Phase phase() const { return session_->phase(); }
  bool is_closing() const { return phase() == Session::Phase::closing; }
  const ThreadCounters& counters() const { return counters_; }
  std::string_view kept() const { return kept_; }

  bool is_woken = false;
  testkit::ManualClock clock;

 private:
  static RequestIds seeded_ids() {
    testkit::SeededRandom random;
    return RequestIds(random);
  }

  const RequestLimits limits_;
  ScriptedHandler handler_;
  ThreadCounters counters_;
  std::shared_ptr<Mailbox> mailbox_;
  SessionContext context_;
  std::unique_ptr<Session> session_;
  std::string kept_;
};

/// The statuses of the responses in `output`, which have no body that looks like one.
inline std::vector<int> statuses(std::string_view output) {
  std::vector<int> found;
  constexpr std::string_view kStart = "HTTP/1.1 ";
  for (std::size_t at = output.find(kStart); at != std::string_view::npos;
       at = output.find(kStart, at + 1)) {
    const std::string_view digits = output.substr(at + kStart.size(), 3);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) continue;
    found.push_back(std::stoi(std::string(digits)));
  }
  return found;
}

inline int status(std::string_view output) {
  const std::vector<int> found = statuses(output);
  return found.size() == 1 ? found[0] : -static_cast<int>(found.size());
}

/// The value of a field of the first response; "(none)" when it has none.
inline std::string field(std::string_view output, std::string_view name) {
  const std::size_t start = output.find("\r\n" + std::string(name) + ": ");
  if (start == std::string_view::npos || start > output.find("\r\n\r\n")) return "(none)";
  const std::size_t value = start + name.size() + 4;
  return std::string(output.substr(value, output.find("\r\n", value) - value));
}

inline std::string body(std::string_view output) {
  return std::string(output.substr(output.find("\r\n\r\n") + 4));
}

}  // namespace sluice::http

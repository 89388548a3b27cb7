#include "load_run.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "delivery/egress_guard.hpp"
#include "delivery/event_loop.hpp"
#include "delivery/http_client.hpp"
#include "delivery/resolver.hpp"
#include "delivery/tls_context.hpp"
#include "domain/url.hpp"
#include "exit_code.hpp"

namespace sluice::tool {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr std::chrono::milliseconds kTick{1};
constexpr std::chrono::seconds kPatience{30};  // for answers after the last request
constexpr std::size_t kMostWaiting = 60'000;   // requests that are due and not answered

std::shared_ptr<const delivery::RequestHead> request_head(const LoadPlan& plan) {
  auto url = domain::parse_url(plan.url);
  if (const auto* error = std::get_if<domain::UrlError>(&url))
    throw Failure(ExitCode::bad_usage, plan.url + ": " + error->message);
  delivery::HeaderBlock headers;
  if (!headers.add("authorization", "Bearer " + plan.api_key))
    throw Failure(ExitCode::bad_usage, "the API key holds a control character");
  headers.add("content-type", "application/x-ndjson");
  headers.add("user-agent", "sluice-load");
  return std::make_shared<delivery::RequestHead>(delivery::RequestHead::Method::post,
                                                 std::get<domain::Url>(url), headers);
}

/// Everything happens on the thread of run().
class Run {
 public:
  Run(const LoadPlan& plan, const std::function<void(const LoadTotals&)>& live,
      const std::function<bool()>& is_interrupted)
      : plan_(plan),
        live_(live),
        is_interrupted_(is_interrupted),
        head_(request_head(plan)),
        guard_({.allow = {"0.0.0.0/0", "::/0", head_->url().host}, .plain_http = true}),
        tls_({.extra_ca_file = plan.ca_file}),
        client_(loop_, guard_, resolver_, tls_, {.connections_per_host = plan.connections}),
        timer_(loop_, [this] { tick(); }) {}

  LoadTotals run() {
    begin_ = next_live_ = Clock::now();
    next_live_ += std::chrono::seconds{1};
    timer_.expire_at(begin_);
    loop_.run();
    client_.stop();
    return std::move(totals_);
  }

 private:
  bool is_open_loop() const { return plan_.requests_per_second > 0; }

  Clock::time_point due(std::uint64_t request) const {
    const std::chrono::duration<double> offset{static_cast<double>(request) /
                                               plan_.requests_per_second};
    return begin_ + duration_cast<Clock::duration>(offset);
  }

  void tick() {
    const Clock::time_point now = Clock::now();
    const bool is_over = now - begin_ >= plan_.length || is_interrupted_();
    if (!is_over) {
      send_due(now);
    } else if (!is_sent_) {
      is_sent_ = true;
      end_of_sending_ = now;
    }
    totals_.elapsed = (is_sent_ ? std::max(end_of_sending_, last_answer_) : now) - begin_;
    if (now >= next_live_) {
      live_(totals_);
      next_live_ += std::chrono::seconds{1};
    }
    if (is_sent_ && (waiting_ == 0 || now - end_of_sending_ > kPatience || is_interrupted_())) {
      loop_.stop();
    } else {
      timer_.expire_at(now + kTick);
    }
  }

  void send_due(Clock::time_point now) {
    if (is_open_loop()) {
      while (due(totals_.sent) <= now && waiting_ < kMostWaiting) send(due(totals_.sent));
    } else {
      while (waiting_ < plan_.connections) send(now);
    }
  }

  void send(Clock::time_point was_due) {
    const std::size_t number = totals_.sent % plan_.bodies.size();
    ++totals_.sent;
    ++waiting_;
    delivery::OutboundRequest request;
    request.head = head_;
    request.body = plan_.bodies[number];
    request.deadlines.total = kPatience;
    client_.send(std::move(request),
                 [this, was_due, number](delivery::OutboundResult&& result) {
                   take(result, was_due, number);
                 });
  }

  void take(const delivery::OutboundResult& result, Clock::time_point was_due, std::size_t number) {
    --waiting_;
    const Clock::time_point now = Clock::now();
    const bool is_answered = result.outcome == delivery::Outcome::response;
    if (is_answered) {
      last_answer_ = now;
      totals_.latencies.add(duration_cast<microseconds>(now - was_due));
    }
    if (!is_answered) {
      ++totals_.failed;
    } else if (result.status == 202) {
      ++totals_.accepted;
      totals_.events += plan_.events[number];
    } else if (result.status == 429) {
      ++totals_.throttled;
    } else {
      ++totals_.refused;
    }
    if (totals_.first_failure.empty() && result.status != 202 && result.status != 429)
      totals_.first_failure = is_answered ? result.body : result.detail;
    if (!is_open_loop() && !is_sent_ && now - begin_ < plan_.length) send(now);
  }

  const LoadPlan& plan_;
  const std::function<void(const LoadTotals&)>& live_;
  const std::function<bool()>& is_interrupted_;
  const std::shared_ptr<const delivery::RequestHead> head_;
  const delivery::EgressGuard guard_;
  delivery::Resolver resolver_;
  delivery::TlsContext tls_;
  delivery::EventLoop loop_;
  delivery::HttpClient client_;
  delivery::LoopTimer timer_;
  Clock::time_point begin_;
  Clock::time_point next_live_;
  Clock::time_point end_of_sending_;
  Clock::time_point last_answer_;
  std::size_t waiting_ = 0;
  bool is_sent_ = false;
  LoadTotals totals_;
};

}  // namespace

LoadTotals run_load(const LoadPlan& plan, const std::function<void(const LoadTotals&)>& live,
                    const std::function<bool()>& is_interrupted) {
  try {
    return Run(plan, live, is_interrupted).run();
  } catch (const std::invalid_argument& error) {
    throw Failure(ExitCode::bad_usage, error.what());
  }
}

}  // namespace sluice::tool

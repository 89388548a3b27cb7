#include "delivery/http_client.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "delivery/connection_pool.hpp"
#include "delivery/idle_queue.hpp"

namespace sluice::delivery {
namespace {

constexpr std::chrono::milliseconds kLongestSweepPause{1'000};

/// Where the resolver's thread leaves its answers; it may do so after the client's end.
class Mailbox {
 public:
  explicit Mailbox(EventLoop& loop) : loop_(&loop) {}
  void post(std::function<void()> task) {
    const base::MutexLock lock(mutex_);
    if (loop_ != nullptr) loop_->post(std::move(task));
  }
  void close() {
    const base::MutexLock lock(mutex_);
    loop_ = nullptr;
  }

 private:
  base::Mutex mutex_;
  EventLoop* loop_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace

struct HttpClient::Impl final : PoolHost {
  Impl(EventLoop& event_loop, const EgressGuard& egress_guard, Resolver& name_resolver,
       TlsContext& tls_context, HttpClientOptions client_options)
      : loop_(event_loop),
        guard_(egress_guard),
        resolver_(name_resolver),
        tls_(tls_context),
        options_(client_options),
        mailbox_(std::make_shared<Mailbox>(event_loop)),
        alive_(std::make_shared<Impl*>(this)),
        sweep_(event_loop, [this] { sweep(); }) {}

  RequestId send(OutboundRequest request, Receiver receiver);
  bool cancel(RequestId id);
  void stop();
  void leave() { mailbox_->close(); }
  Stats stats() const noexcept;

 private:
  using Pools = std::unordered_map<std::string, std::unique_ptr<ConnectionPool>>;

  EventLoop& loop() override { return loop_; }
  const EgressGuard& guard() override { return guard_; }
  TlsContext& tls() override { return tls_; }
  Scratch& scratch() override { return scratch_; }
  const HttpClientOptions& options() override { return options_; }
  void resolve(ConnectionPool& pool) override;
  bool admit(ConnectionPool& pool) override;
  void opened() override;
  void became_idle(Connection& connection) override;
  void ceased_idle(Connection& connection) override { idle_.remove(connection); }
  void bury(std::unique_ptr<Connection> connection) override;
  void finish(Exchange& exchange) override;

  ConnectionPool& pool_of(const RequestHead& head);
  void answer_later(Receiver receiver, Outcome outcome, const char* detail);
  void expire(RequestId id);
  void end(Exchange& exchange, Outcome outcome, std::string detail);
  void tend_later();
  void tend();
  void sweep();
  std::chrono::milliseconds sweep_pause() const {
    return std::min(kLongestSweepPause, options_.idle_timeout);
  }
  bool has_room() const { return connections_ < options_.connections; }

  EventLoop& loop_;
  const EgressGuard& guard_;
  Resolver& resolver_;
  TlsContext& tls_;
  const HttpClientOptions options_;
  Scratch scratch_;
  std::shared_ptr<Mailbox> mailbox_;
  std::shared_ptr<Impl*> alive_;  // what is posted to the loop holds it weakly
  LoopTimer sweep_;

  std::unordered_map<RequestId, std::unique_ptr<Exchange>> exchanges_;
  Pools pools_;
  IdleQueue idle_;
  std::deque<ConnectionPool*> starved_;
  std::vector<std::unique_ptr<Connection>> graveyard_;
  RequestId last_id_ = 0;
  std::size_t connections_ = 0;
  std::uint64_t connects_ = 0;
  bool is_tending_ = false;
  bool is_stopped_ = false;
};

HttpClient::RequestId HttpClient::Impl::send(OutboundRequest request, Receiver receiver) {
  const RequestId id = ++last_id_;
  if (is_stopped_) {
    answer_later(std::move(receiver), Outcome::cancelled, "the client has stopped");
    return id;
  }
  if (exchanges_.size() >= options_.requests) {
    answer_later(std::move(receiver), Outcome::overloaded, "too many requests are on their way");
    return id;
  }
  auto made = std::make_unique<Exchange>(loop_, [this, id] { expire(id); });
  Exchange& exchange = *made;
  exchange.id = id;
  exchange.request = std::move(request);
  exchange.receiver = std::move(receiver);
  exchange.started = std::chrono::steady_clock::now();
  exchange.frame();
  exchange.deadline.expire_at(exchange.started + exchange.request.deadlines.total);
  exchanges_.emplace(id, std::move(made));
  pool_of(*exchange.request.head).take(exchange);
  return id;
}

ConnectionPool& HttpClient::Impl::pool_of(const RequestHead& head) {
  std::unique_ptr<ConnectionPool>& pool = pools_[head.origin()];
  if (!pool) pool = std::make_unique<ConnectionPool>(*this, head.origin(), head.url());
  if (!sweep_.is_set()) sweep_.expire_at(std::chrono::steady_clock::now() + sweep_pause());
  return *pool;
}

void HttpClient::Impl::answer_later(Receiver receiver, Outcome outcome, const char* detail) {
  loop_.post([receiver = std::move(receiver), outcome, detail] {
    OutboundResult result;
    result.outcome = outcome;
    result.detail = detail;
    receiver(std::move(result));
  });
}

void HttpClient::Impl::expire(RequestId id) {
  Exchange& exchange = *exchanges_.at(id);
  end(exchange, Outcome::timeout,
      "no complete response within " + std::to_string(exchange.request.deadlines.total.count()) +
          " ms");
}

bool HttpClient::Impl::cancel(RequestId id) {
  const auto at = exchanges_.find(id);
  if (at == exchanges_.end()) return false;
  end(*at->second, Outcome::cancelled, "the request was cancelled");
  return true;
}

void HttpClient::Impl::end(Exchange& exchange, Outcome outcome, std::string detail) {
  exchange.result.outcome = outcome;
  exchange.result.detail = std::move(detail);
  exchange.pool->drop(exchange);
  finish(exchange);
}

void HttpClient::Impl::finish(Exchange& exchange) {
  auto node = exchanges_.extract(exchange.id);
  exchange.deadline.cancel();
  exchange.result.total_time = std::chrono::floor<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - exchange.started);
  exchange.receiver(std::move(exchange.result));
}

void HttpClient::Impl::resolve(ConnectionPool& pool) {
  // The pool may be gone when the answer comes, and so may the client.
  const auto with_pool = [alive = std::weak_ptr<Impl*>(alive_),
                          origin = pool.origin()](const auto& tell) {
    const std::shared_ptr<Impl*> impl = alive.lock();
    if (!impl) return;
    const auto at = (*impl)->pools_.find(origin);
    if (at != (*impl)->pools_.end()) tell(*at->second);
  };
  // What the text of the URL forbids is not even asked for.
  if (std::string why = guard_.refusal(pool.url()); !why.empty()) {
    return loop_.post([with_pool, why = std::move(why)] {
      with_pool([&](ConnectionPool& asking) { asking.refused(why); });
    });
  }
  resolver_.resolve(pool.url().host,
                    [mailbox = mailbox_, with_pool](const ResolutionResult& result) {
                      mailbox->post([with_pool, result] {
                        with_pool([&](ConnectionPool& asking) { asking.resolved(result); });
                      });
                    });
}

bool HttpClient::Impl::admit(ConnectionPool& pool) {
  if (!has_room() && idle_.front() != nullptr) idle_.front()->pool->close_idle(*idle_.front());
  if (has_room()) return true;
  if (!std::exchange(pool.is_starved, true)) starved_.push_back(&pool);
  return false;
}

void HttpClient::Impl::opened() {
  ++connections_;
  ++connects_;
}

void HttpClient::Impl::became_idle(Connection& connection) {
  idle_.push(connection);
  if (!starved_.empty()) tend_later();
}

void HttpClient::Impl::bury(std::unique_ptr<Connection> connection) {
  --connections_;
  graveyard_.push_back(std::move(connection));
  tend_later();
}

void HttpClient::Impl::tend_later() {
  if (std::exchange(is_tending_, true)) return;
  loop_.post([alive = std::weak_ptr<Impl*>(alive_)] {
    if (const std::shared_ptr<Impl*> impl = alive.lock()) (*impl)->tend();
  });
}

/// Destroys what was closed and gives its room away, where no pool or connection is on the stack.
void HttpClient::Impl::tend() {
  is_tending_ = false;
  graveyard_.clear();
  while (!starved_.empty() && (has_room() || idle_.front() != nullptr)) {
    ConnectionPool& pool = *starved_.front();
    starved_.pop_front();
    pool.is_starved = false;
    pool.pump();
  }
}

void HttpClient::Impl::sweep() {
  const auto now = std::chrono::steady_clock::now();
  for (auto at = pools_.begin(); at != pools_.end();) {
    ConnectionPool& pool = *at->second;
    pool.close_idle_since(now - options_.idle_timeout);
    at = pool.is_unused() && !pool.is_starved ? pools_.erase(at) : std::next(at);
  }
  if (!pools_.empty()) sweep_.expire_at(now + sweep_pause());
}

void HttpClient::Impl::stop() {
  is_stopped_ = true;
  while (!exchanges_.empty()) cancel(exchanges_.begin()->first);
  for (const auto& [origin, pool] : pools_) pool->close_idle_since(EventLoop::TimePoint::max());
}

HttpClient::Stats HttpClient::Impl::stats() const noexcept {
  return {exchanges_.size(), connections_, idle_.size(), connects_};
}

HttpClient::HttpClient(EventLoop& loop, const EgressGuard& guard, Resolver& resolver,
                       TlsContext& tls, HttpClientOptions options)
    : impl_(std::make_unique<Impl>(loop, guard, resolver, tls, options)) {}

HttpClient::~HttpClient() {
  impl_->stop();
  impl_->leave();
}

HttpClient::RequestId HttpClient::send(OutboundRequest request, Receiver receiver) {
  return impl_->send(std::move(request), std::move(receiver));
}

bool HttpClient::cancel(RequestId id) { return impl_->cancel(id); }

void HttpClient::stop() { impl_->stop(); }

HttpClient::Stats HttpClient::stats() const noexcept { return impl_->stats(); }

}  // namespace sluice::delivery

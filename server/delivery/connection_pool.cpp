#include "delivery/connection_pool.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace sluice::delivery {
namespace {

constexpr std::size_t kAddressesTried = 4;  // for one exchange

}  // namespace

ConnectionPool::ConnectionPool(PoolHost& host, std::string origin, const domain::Url& url)
    : host_(host), origin_(std::move(origin)), url_(url) {}

ConnectionPool::~ConnectionPool() = default;

bool ConnectionPool::knows_addresses() const noexcept {
  return !addresses_.empty() && std::chrono::steady_clock::now() < expires_;
}

bool ConnectionPool::is_known(const IpAddress& address) const noexcept {
  return std::find(addresses_.begin(), addresses_.end(), address) != addresses_.end();
}

bool ConnectionPool::is_unused() const noexcept {
  return connections_.empty() && queue_.empty() && !is_resolving_;
}

void ConnectionPool::take(Exchange& exchange) {
  exchange.pool = this;
  if (queue_.empty() && knows_addresses() && try_serve(exchange)) return;
  enqueue(exchange);
}

void ConnectionPool::enqueue(Exchange& exchange) {
  exchange.place = queue_.insert(queue_.end(), &exchange);
  exchange.is_queued = true;
  if (is_resolving_ || knows_addresses()) return;
  is_resolving_ = true;
  host_.resolve(*this);
}

void ConnectionPool::dequeue(Exchange& exchange) {
  queue_.erase(exchange.place);
  exchange.is_queued = false;
}

void ConnectionPool::drop(Exchange& exchange) {
  if (exchange.is_queued) {
    exchange.result.phase = is_resolving_ ? Phase::resolve : Phase::queue;
    dequeue(exchange);
  } else if (Connection* connection = std::exchange(exchange.connection, nullptr)) {
    connection->exchange = nullptr;
    connection->close();
    remove(*connection);
  }
}

void ConnectionPool::resolved(const ResolutionResult& result) {
  if (const auto* problem = std::get_if<std::string>(&result)) {
    is_resolving_ = false;
    return fail_queue(Outcome::dns_error, *problem);
  }
  const auto& resolution = std::get<Resolution>(result);
  if (const auto why = host_.guard().refusal(resolution.addresses, url_.host); !why.empty())
    return refused("requests to this host are refused: " + std::string{why});
  addresses_ = resolution.addresses;
  expires_ = resolution.expires;
  for (std::size_t i = idle_.size(); i-- > 0;)
    if (!is_known(idle_[i]->address())) close_idle(*idle_[i]);
  is_resolving_ = false;  // until here nothing is served
  serve_queue();          // also with an answer that has expired already
}

void ConnectionPool::refused(const std::string& why) {
  addresses_.clear();
  close_idle_since(EventLoop::TimePoint::max());
  is_resolving_ = false;
  fail_queue(Outcome::egress_refused, why);
}

/// Those that wait now; what they make the receivers send waits anew.
void ConnectionPool::fail_queue(Outcome outcome, const std::string& detail) {
  for (std::size_t count = queue_.size(); count > 0 && !queue_.empty(); --count) {
    Exchange& exchange = *queue_.front();
    dequeue(exchange);
    exchange.result.outcome = outcome;
    exchange.result.phase = Phase::resolve;
    exchange.result.detail = detail;
    host_.finish(exchange);
  }
  if (!queue_.empty() && !is_resolving_) pump();
}

void ConnectionPool::pump() {
  if (queue_.empty() || is_resolving_) return;
  if (!knows_addresses()) {
    is_resolving_ = true;
    return host_.resolve(*this);
  }
  serve_queue();
}

void ConnectionPool::serve_queue() {
  while (!queue_.empty() && try_serve(*queue_.front())) dequeue(*queue_.front());
}

bool ConnectionPool::try_serve(Exchange& exchange) {
  if (!idle_.empty() && !exchange.was_repeated) {
    Connection& connection = *idle_.back();
    take_idle(connection);
    give(connection, exchange);
    return true;
  }
  return connections_.size() < host_.options().connections_per_host && host_.admit(*this) &&
         open(exchange);
}

/// Opens a connection for `exchange` to the next address. False: it may not be connected to.
bool ConnectionPool::open(Exchange& exchange) {
  const IpAddress address = addresses_[exchange.next_address % addresses_.size()];
  // Vetted when it was resolved; this is the last line before the kernel (D5).
  if (!host_.guard().refusal(address, url_.host).empty()) {
    addresses_.clear();
    return false;
  }
  ++exchange.next_address;
  auto made = std::make_unique<Connection>(host_.loop(), *this, host_.scratch());
  auto tls =
      url_.is_secure ? std::make_unique<TlsSession>(host_.tls(), url_.host, origin_) : nullptr;
  Connection& connection = *made;
  connection.pool = this;
  connection.place = connections_.size();
  connections_.push_back(std::move(made));
  host_.opened();
  connection.exchange = &exchange;
  exchange.connection = &connection;
  exchange.result.phase = Phase::connect;
  exchange.result.address = address;
  exchange.result.reused_connection = false;
  connection.connect(address, url_.port, std::move(tls), exchange.request.deadlines);
  return true;
}

void ConnectionPool::give(Connection& connection, Exchange& exchange) {
  exchange.connection = &connection;
  exchange.result.address = connection.address();
  exchange.result.reused_connection = connection.requests > 0;
  connection.send(exchange, host_.options().response_header_bytes);
}

void ConnectionPool::connected(Connection& connection) {
  Exchange& exchange = *connection.exchange;
  exchange.result.connect_time = std::chrono::floor<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - exchange.started);
  give(connection, exchange);
}

void ConnectionPool::answered(Connection& connection, bool can_be_kept) {
  Exchange& exchange = *std::exchange(connection.exchange, nullptr);
  exchange.connection = nullptr;
  Response& response = connection.parser().response();
  exchange.result.outcome = Outcome::response;
  exchange.result.take(std::move(response));
  if (can_be_kept && is_known(connection.address())) {
    keep(connection);
  } else {
    connection.close();
    remove(connection);
  }
  host_.finish(exchange);
}

void ConnectionPool::failed(Connection& connection, Connection::Failure failure) {
  Exchange* const exchange = std::exchange(connection.exchange, nullptr);
  if (exchange == nullptr) {
    take_idle(connection);
    return remove(connection);
  }
  exchange->connection = nullptr;
  // The new connection comes before the old one's room is given away.
  const bool goes_on = try_again(*exchange, connection, failure.outcome);
  if (!goes_on) {
    exchange->result.outcome = failure.outcome;
    exchange->result.detail = std::move(failure.detail);
    exchange->result.take(std::move(connection.parser().response()));
  }
  remove(connection);
  if (!goes_on) host_.finish(*exchange);
}

/// Whether the exchange goes on: with another address, or once more after a kept connection turned
/// out to be stale.
bool ConnectionPool::try_again(Exchange& exchange, const Connection& connection, Outcome outcome) {
  const bool has_other_address =
      exchange.result.phase == Phase::connect &&
      exchange.next_address < std::min(addresses_.size(), kAddressesTried);
  const bool is_stale = outcome == Outcome::reset && exchange.result.reused_connection &&
                        !connection.has_heard() && !exchange.was_repeated &&
                        !exchange.request.never_repeat;
  if (!has_other_address && !is_stale) return false;
  exchange.was_repeated = exchange.was_repeated || is_stale;
  if (is_stale) exchange.next_address = 0;
  if (!knows_addresses() || !open(exchange)) enqueue(exchange);
  return true;
}

void ConnectionPool::keep(Connection& connection) {
  if (!queue_.empty()) {
    Exchange& next = *queue_.front();
    dequeue(next);
    return give(connection, next);
  }
  connection.idle_since = std::chrono::steady_clock::now();
  connection.idle_place = idle_.size();
  idle_.push_back(&connection);
  host_.became_idle(connection);
}

void ConnectionPool::take_idle(Connection& connection) {
  idle_.back()->idle_place = connection.idle_place;
  std::swap(idle_[connection.idle_place], idle_.back());
  idle_.pop_back();
  host_.ceased_idle(connection);
}

void ConnectionPool::close_idle(Connection& connection) {
  take_idle(connection);
  connection.close();
  remove(connection);
}

void ConnectionPool::close_idle_since(EventLoop::TimePoint time) {
  for (std::size_t i = idle_.size(); i-- > 0;)
    if (i < idle_.size() && idle_[i]->idle_since <= time) close_idle(*idle_[i]);
}

void ConnectionPool::remove(Connection& connection) {
  const std::size_t place = connection.place;
  connections_.back()->place = place;
  std::swap(connections_[place], connections_.back());
  std::unique_ptr<Connection> removed = std::move(connections_.back());
  connections_.pop_back();
  host_.bury(std::move(removed));
  pump();
}

}  // namespace sluice::delivery

// The connections to one origin (scheme, host, port): kept ones are used again, new ones go to
// addresses that the egress guard has vetted, and what finds no connection waits in a queue.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "delivery/connection.hpp"
#include "delivery/egress_guard.hpp"
#include "delivery/exchange.hpp"
#include "delivery/resolver.hpp"
#include "delivery/tls_context.hpp"

namespace sluice::delivery {

/// What a pool needs of the client, which knows of the other pools.
class PoolHost {
 public:
  virtual EventLoop& loop() = 0;
  virtual const EgressGuard& guard() = 0;
  virtual TlsContext& tls() = 0;
  virtual Scratch& scratch() = 0;
  virtual const HttpClientOptions& options() = 0;
  /// Asks for the addresses of the pool's host: resolved() is called later, never in here.
  virtual void resolve(ConnectionPool& pool) = 0;

  /// Makes room for one more connection. False: there is none; pump() is called when there is.
  virtual bool admit(ConnectionPool& pool) = 0;
  virtual void opened() = 0;
  virtual void became_idle(Connection& connection) = 0;
  virtual void ceased_idle(Connection& connection) = 0;
  /// A closed connection: the client destroys it when nothing of it can be running, and gives its
  /// room to whoever waits.
  virtual void bury(std::unique_ptr<Connection> connection) = 0;

  /// The exchange is over, its result says how, and it is gone when this returns.
  virtual void finish(Exchange& exchange) = 0;

 protected:
  ~PoolHost() = default;
};

/// Thread safety: the loop's thread.
class ConnectionPool final : public Connection::Owner {
 public:
  ConnectionPool(PoolHost& host, std::string origin, const domain::Url& url);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  const std::string& origin() const noexcept { return origin_; }
  const domain::Url& url() const noexcept { return url_; }

  /// Takes care of an exchange until it is finished; finishes none in here.
  void take(Exchange& exchange);
  /// Lets go of an exchange that ends for another reason, and closes the connection that it has.
  void drop(Exchange& exchange);
  /// The answer to PoolHost::resolve(): addresses, why there are none, or why they are not asked for.
  void resolved(const ResolutionResult& result);
  void refused(const std::string& why);
  /// Serves those that wait, as far as there are connections.
  void pump();

  void close_idle(Connection& connection);
  /// Closes those that are idle since before `time`, or all of them.
  void close_idle_since(EventLoop::TimePoint time);
  /// Whether it does nothing, and nothing waits for it.
  bool is_unused() const noexcept;

  bool is_starved = false;  // the client's: it waits for room

 private:
  void connected(Connection& connection) override;
  void answered(Connection& connection, bool can_be_kept) override;
  void failed(Connection& connection, Connection::Failure failure) override;

  bool knows_addresses() const noexcept;
  bool is_known(const IpAddress& address) const noexcept;
  void enqueue(Exchange& exchange);
  void dequeue(Exchange& exchange);
  void serve_queue();
  bool try_serve(Exchange& exchange);
  bool try_again(Exchange& exchange, const Connection& connection, Outcome outcome);
  bool open(Exchange& exchange);
  void give(Connection& connection, Exchange& exchange);
  void keep(Connection& connection);
  void take_idle(Connection& connection);
  void remove(Connection& connection);
  void fail_queue(Outcome outcome, const std::string& detail);

  PoolHost& host_;
  const std::string origin_;
  const domain::Url url_;
  std::vector<IpAddress> addresses_;  // all of them vetted
  EventLoop::TimePoint expires_ = EventLoop::TimePoint::min();
  bool is_resolving_ = false;
  std::list<Exchange*> queue_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;  // the last used is last, as a rule
};

}  // namespace sluice::delivery

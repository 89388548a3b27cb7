// One I/O thread: an io_context, an acceptor of its own (SO_REUSEPORT), and the connections that it
// accepted, which no other thread touches. Asio has the events that are few (connections, answers,
// sweeps); those of the sockets come through a Poller.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "base/clock.hpp"
#include "http/connection_context.hpp"
#include "http/refused_connections.hpp"
#include "http/server_options.hpp"

namespace sluice::http {

/// Thread safety: stop() and kill() from any thread; the rest from the one that made it.
class IoThread {
 public:
  /// Lifetime: everything given outlives it.
  IoThread(const ServerOptions& options, const CurrentCredentials& credentials, Handler& handler,
           const base::Clock& clock, ConnectionLimits& connection_limits);
  /// After join(), or never started.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  /// The first one must find the port unused by others; those that follow share it.
  enum class Share : unsigned char { first, following };
  /// Errors: boost::system::system_error.
  boost::asio::ip::tcp::endpoint listen(const boost::asio::ip::tcp::endpoint& endpoint,
                                        Share share);

  /// Runs until stop() was called and the last connection has ended; then calls `when_ended`, on
  /// its own thread. Errors: std::system_error.
  void start(std::function<void()> when_ended);
  void stop();
  void kill();
  void join();

  const ThreadCounters& counters() const noexcept { return counters_; }

 private:
  using Tcp = boost::asio::ip::tcp;
  using Error = boost::system::error_code;

  void run();
  void run_until_stopped();
  template <class Run>
  void run_events(Run&& run);
  void wait_for_events();
  void wait_for_connections();
  enum class Accepted : unsigned char { one, none, failed };
  Accepted accept_one();
  void admit(base::FileDescriptor socket, const base::IpAddress& peer);
  void refuse(base::FileDescriptor socket, ConnectionLimits::Verdict verdict);
  void wait_for_bytes();
  void take_answers();
  void wait_for_sweep();
  void sweep();
  template <class Visit>
  void for_each_connection(Visit&& visit);

  const ServerOptions& options_;
  const base::Clock& clock_;
  ThreadCounters counters_;
  const std::shared_ptr<boost::asio::io_context> context_;  // the mailbox keeps it as well
  const std::shared_ptr<Mailbox> mailbox_;
  SessionContext sessions_;
  Poller sockets_;
  ConnectionContext connections_;
  RefusedConnections refused_;
  Tcp::acceptor acceptor_;
  boost::asio::posix::stream_descriptor poller_;  // a duplicate of sockets_'s descriptor
  boost::asio::steady_timer sweep_timer_;
  bool is_waiting_for_connections_ = false;
  bool is_waiting_for_bytes_ = false;
  bool is_waiting_for_sweep_ = false;
  std::thread thread_;
};

}  // namespace sluice::http

#include "http/io_thread.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

#include "base/log.hpp"
#include "base/random.hpp"
#include "http/connection.hpp"

namespace sluice::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadBufferBytes = std::size_t{64} << 10U;
constexpr int kAnswersInATurn = 1024;
constexpr int kConnectionsInATurn = 64;
constexpr int kBacklog = 4096;

RequestIds fresh_ids() {
  base::SystemRandom random;
  return RequestIds(random);
}

int duplicate(int descriptor) {
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "fcntl");
  return copy;
}

void share_port(int socket) {
  const int on = 1;
  if (::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) {
    throw boost::system::system_error(errno, boost::system::system_category(), "SO_REUSEPORT");
  }
}

}  // namespace

IoThread::IoThread(const ServerOptions& options, const CurrentCredentials& credentials,
                   Handler& handler, const base::Clock& clock, ConnectionLimits& connection_limits)
    : options_(options),
      clock_(clock),
      context_(std::make_shared<asio::io_context>(1)),
      mailbox_(std::make_shared<Mailbox>(
          [this, context = context_] { asio::post(*context, [this] { take_answers(); }); })),
      sessions_(options.limits, handler, clock, counters_, mailbox_, fresh_ids()),
      connections_{options,
                   credentials,
                   sessions_,
                   connection_limits,
                   sockets_,
                   // A head that needs more bytes is at most so long, and there is room behind it.
                   std::vector<char>(std::max(
                       kReadBufferBytes, options.limits.header_bytes + kReadBufferBytes / 2)),
                   clock.steady_now(),
                   {}},
      acceptor_(*context_),
      poller_(*context_, duplicate(sockets_.descriptor())),
      sweep_timer_(*context_) {}

IoThread::~IoThread() { mailbox_->close(); }

asio::ip::tcp::endpoint IoThread::listen(const Tcp::endpoint& endpoint, Share share) {
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(Tcp::acceptor::reuse_address(true));
  if (share == Share::following) share_port(acceptor_.native_handle());
  acceptor_.bind(endpoint);
  // Only now, so that a port that another server shares out in this way is not joined unnoticed.
  if (share == Share::first) share_port(acceptor_.native_handle());
  acceptor_.set_option(Tcp::no_delay(true));  // what it accepts inherits it
  acceptor_.non_blocking(true);
  acceptor_.listen(kBacklog);
  return acceptor_.local_endpoint();
}

// `visit` may remove the connection that it is given.
template <class Visit>
void IoThread::for_each_connection(Visit&& visit) {
  auto& all = connections_.connections;
  for (auto place = all.begin(); place != all.end();) visit(**place++);
}

void IoThread::start(std::function<void()> when_ended) {
  thread_ = std::thread([this, when_ended = std::move(when_ended)] {
    run();
    when_ended();
  });
}

void IoThread::join() {
  if (thread_.joinable()) thread_.join();
}

void IoThread::stop() {
  asio::post(*context_, [this] {
    // Those that wait in the queue would be reset with it. More than it holds have come since, and
    // somebody who connects without end must not keep the server from ending.
    for (int turn = 0; turn <= kBacklog && acceptor_.is_open(); ++turn) {
      if (accept_one() != Accepted::one) break;
    }
    Error ignored;
    acceptor_.close(ignored);
    for_each_connection([](Connection& connection) { connection.stop(); });
    context_->stop();
  });
}

void IoThread::kill() {
  asio::post(*context_,
             [this] { for_each_connection([](Connection& each) { each.kill(); }); });
}

void IoThread::run() {
  mailbox_->adopt_thread();
  sessions_.date.set(clock_.now());
  connections_.now = clock_.steady_now();
  run_until_stopped();
  mailbox_->close();
}

void IoThread::run_until_stopped() {
  run_events([&] { context_->run(); });
  context_->restart();
  while (!connections_.connections.empty()) {
    run_events([&] { context_->run_one(); });
  }
}

// Until it ends without an exception: what one event lacked, memory for instance, is its own loss.
template <class Run>
void IoThread::run_events(Run&& run) {
  for (;;) {
    try {
      wait_for_events();
      run();
      return;
    } catch (const std::exception& error) {
      base::log_error("an event of an I/O thread failed", {{"error", error.what()}});
    }
  }
}

// Where it does not wait already.
void IoThread::wait_for_events() {
  if (!is_waiting_for_connections_ && acceptor_.is_open()) wait_for_connections();
  if (!is_waiting_for_bytes_) wait_for_bytes();
  if (!is_waiting_for_sweep_) wait_for_sweep();
}

void IoThread::wait_for_connections() {
  acceptor_.async_wait(Tcp::acceptor::wait_read, [this](const Error& error) {
    is_waiting_for_connections_ = false;
    if (error) return;
    auto accepted = Accepted::one;
    for (int turn = 0; turn < kConnectionsInATurn && accepted == Accepted::one; ++turn) {
      accepted = accept_one();
    }
    if (accepted != Accepted::failed) wait_for_connections();  // else the next sweep tries again
  });
  is_waiting_for_connections_ = true;
}

IoThread::Accepted IoThread::accept_one() {
  Tcp::endpoint peer;
  auto bytes = static_cast<socklen_t>(peer.capacity());
  base::FileDescriptor socket(::accept4(acceptor_.native_handle(), peer.data(), &bytes,
                                        SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket) {
    if (const auto address = base::IpAddress::from_sockaddr(peer.data(), bytes))
      admit(std::move(socket), address->unmapped());
    return Accepted::one;
  }
  if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) return Accepted::one;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return Accepted::none;
  // There are no descriptors or no memory left.
  base::log_warning("a connection could not be accepted",
                    {{"error", std::generic_category().message(errno)}});
  return Accepted::failed;
}

void IoThread::admit(base::FileDescriptor socket, const base::IpAddress& peer) {
  try {
    // A proxy's connections are its clients', of which it has many.
    const bool is_proxy = options_.proxies.contains(peer);
    auto admission = connections_.connection_limits.enter(
        is_proxy ? std::nullopt : std::optional{PeerKey(peer)});
    if (admission.verdict() != ConnectionLimits::Verdict::admitted) {
      return refuse(std::move(socket), admission.verdict());
    }
    auto& all = connections_.connections;
    all.push_front(std::make_unique<Connection>(connections_, std::move(socket),
                                                std::move(admission), peer));
    all.front()->start(all.begin());
  } catch (const std::exception& error) {
    base::log_error("a connection could not be served", {{"error", error.what()}});
  }
}

void IoThread::refuse(base::FileDescriptor socket, ConnectionLimits::Verdict verdict) {
  const bool is_total = verdict == ConnectionLimits::Verdict::too_many;
  (is_total ? counters_.refused_connection_limit : counters_.refused_address_limit).add(1);
  if (connections_.credentials.is_set()) return;  // a handshake is what there is no room for
  std::string output;
  sessions_.write_refusal(output, 503,
                          is_total ? "There are too many connections"
                                   : "There are too many connections of this address");
  PlainStream(socket.get()).write(output);
  refused_.add(std::move(socket), connections_.now);
}

void IoThread::wait_for_bytes() {
  poller_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const Error& error) {
    is_waiting_for_bytes_ = false;
    if (error) return;
    sockets_.poll();
    wait_for_bytes();
  });
  is_waiting_for_bytes_ = true;
}

void IoThread::take_answers() {
  for (int turn = 0; turn < kAnswersInATurn; ++turn) {
    ExchangeRef exchange = mailbox_->take();
    if (!exchange) return;
    SessionHost* const host = exchange->host();
    exchange = {};  // so that the session finds itself alone with it
    if (host != nullptr) host->wake();
  }
  asio::post(*context_, [this] { take_answers(); });
}

void IoThread::wait_for_sweep() {
  sweep_timer_.expires_after(options_.sweep_interval);
  sweep_timer_.async_wait([this](const Error& error) {
    is_waiting_for_sweep_ = false;
    if (error) return;
    sweep();
    wait_for_events();
  });
  is_waiting_for_sweep_ = true;
}

void IoThread::sweep() {
  const auto now = clock_.steady_now();
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - connections_.now);
  connections_.now = now;
  sessions_.date.set(clock_.now());
  for_each_connection([&](Connection& connection) { connection.sweep(elapsed); });
  refused_.sweep(now, connections_.read_buffer);
}

}  // namespace sluice::http

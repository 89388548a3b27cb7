#include "http/server.hpp"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "http/io_thread.hpp"
#include "http/listen_address.hpp"

namespace sluice::http {
namespace {

unsigned thread_count(unsigned wanted) noexcept {
  return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

struct Server::Impl {
  Impl(const ServerOptions& given, Handler& handler, const base::Clock& clock)
      : options(given), limits(given.connections, given.connections_per_address) {
    credentials.set(options.tls);
    for (unsigned index = 0; index < thread_count(options.threads); ++index) {
      threads.push_back(
          std::make_unique<IoThread>(options, credentials, handler, clock, limits));
    }
  }

  void listen() {
    auto endpoint = parse_listen_address(options.listen);
    auto share = IoThread::Share::first;
    try {
      for (const auto& thread : threads) {
        endpoint = thread->listen(endpoint, share);
        share = IoThread::Share::following;
      }
    } catch (const boost::system::system_error& error) {
      throw std::system_error(error.code().value(), std::generic_category(),
                              "cannot listen on " + options.listen);
    }
    address = to_text(endpoint);
  }

  void start() {
    for (const auto& thread : threads) {
      {
        const base::MutexLock lock(mutex);
        ++running;
      }
      thread->start([this] {
        const base::MutexLock lock(mutex);
        --running;
        ended.notify_all();
      });
    }
  }

  void wait_until(std::chrono::steady_clock::time_point deadline) {
    const base::MutexLock lock(mutex);
    while (running != 0 && ended.wait_until(mutex, deadline)) {
    }
  }

  const ServerOptions options;
  CurrentCredentials credentials;
  ConnectionLimits limits;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::string address;
  base::Mutex stop_mutex;  // held by the one that stops
  base::Mutex mutex;
  base::Condition ended;
  std::size_t running SLUICE_GUARDED_BY(mutex) = 0;
};

Server::Server(const ServerOptions& options, Handler& handler, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(options, handler, clock)) {
  impl_->listen();
}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

void Server::start() { impl_->start(); }

void Server::use(std::shared_ptr<const TlsCredentials> credentials) {
  impl_->credentials.set(std::move(credentials));
}

std::string Server::address() const { return impl_->address; }

void Server::stop(std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  const base::MutexLock lock(impl_->stop_mutex);
  for (const auto& thread : impl_->threads) thread->stop();
  impl_->wait_until(end);
  for (const auto& thread : impl_->threads) thread->kill();
  for (const auto& thread : impl_->threads) thread->join();
}

ServerStats Server::stats() const {
  ServerStats stats;
  for (const auto& thread : impl_->threads) thread->counters().add_to(stats);
  return stats;
}

}  // namespace sluice::http

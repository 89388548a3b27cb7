#include "http/poller.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace sluice::http {
namespace {

constexpr std::size_t kEventsInATurn = 256;
constexpr std::uint32_t kReading = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t kEnding = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

void control(int epoll, int operation, int socket, std::uint32_t events, Watched& watched) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watched;
  if (::epoll_ctl(epoll, operation, socket, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

}  // namespace

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

void Poller::add(int socket, Watched& watched) {
  control(epoll_.get(), EPOLL_CTL_ADD, socket, kReading, watched);
}

void Poller::rearm(int socket, Watched& watched) {
  control(epoll_.get(), EPOLL_CTL_MOD, socket, kReading | EPOLLOUT, watched);
}

void Poller::poll() {
  std::array<epoll_event, kEventsInATurn> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int index = 0; index < count; ++index) {
    const epoll_event& event = events[static_cast<std::size_t>(index)];
    const bool is_ending = (event.events & kEnding) != 0;
    static_cast<Watched*>(event.data.ptr)
        ->on_ready({.is_readable = is_ending || (event.events & EPOLLIN) != 0,
                    .is_writable = is_ending || (event.events & EPOLLOUT) != 0,
                    .is_ending = is_ending});
  }
}

}  // namespace sluice::http

#include "delivery/event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file_descriptor.hpp"
#include "base/mutex.hpp"
#include "delivery/timer_heap.hpp"

namespace sluice::delivery {
namespace {

constexpr std::size_t kEventsATurn = 256;
constexpr std::chrono::milliseconds kLongestWait = std::chrono::minutes{1};

base::FileDescriptor checked(int descriptor, const char* what) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
  return base::FileDescriptor{descriptor};
}

}  // namespace

struct EventLoop::Impl {
  base::FileDescriptor epoll = checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  base::FileDescriptor wake = checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
  TimerHeap timers;
  std::multimap<TimePoint, std::function<void()>> later;  // of run_at()
  std::array<epoll_event, kEventsATurn> events;
  std::span<epoll_event> pending;  // of `events`: not handled yet in this turn

  base::Mutex mutex;
  std::vector<std::function<void()>> posted SLUICE_GUARDED_BY(mutex);
  bool is_asleep SLUICE_GUARDED_BY(mutex) = false;  // it looks at `posted` when it is woken only
  bool is_stopping SLUICE_GUARDED_BY(mutex) = false;

  void wake_up() SLUICE_REQUIRES(mutex) {
    if (!is_asleep) return;
    is_asleep = false;
    eventfd_write(wake.get(), 1);
  }

  /// False: stop() was called.
  bool run_posted() {
    std::vector<std::function<void()>> tasks;
    {
      const base::MutexLock lock(mutex);
      if (is_stopping) {
        is_stopping = false;
        return false;
      }
      tasks.swap(posted);
    }
    for (const auto& task : tasks) task();
    return true;
  }

  /// As many as there are now: one that sets itself again for the past waits for the next turn.
  void run_timers() {
    const TimePoint now = std::chrono::steady_clock::now();
    for (std::size_t left = timers.size(); left > 0; --left) {
      const LoopTimer* timer = timers.take_due(now);
      if (timer == nullptr) break;
      TimerHeap::call(*timer);
    }
    for (std::size_t left = later.size(); left > 0; --left) {
      if (later.empty() || later.begin()->first > now) break;
      later.extract(later.begin()).mapped()();
    }
  }

  /// How long epoll may wait, in its unit: until the earliest timer, rounded up.
  int patience() {
    const base::MutexLock lock(mutex);
    if (!posted.empty() || is_stopping) return 0;
    is_asleep = true;
    TimePoint earliest = TimePoint::max();
    if (!timers.empty()) earliest = timers.earliest();
    if (!later.empty()) earliest = std::min(earliest, later.begin()->first);
    if (earliest == TimePoint::max()) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(earliest - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kLongestWait.count()));
  }

  void wait_and_serve() {
    const int count =
        epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), patience());
    {
      const base::MutexLock lock(mutex);
      is_asleep = false;
    }
    pending = std::span{events}.first(static_cast<std::size_t>(std::max(count, 0)));
    while (!pending.empty()) {
      const epoll_event event = pending.front();
      pending = pending.subspan(1);
      if (event.data.ptr == this) {
        eventfd_t value = 0;
        eventfd_read(wake.get(), &value);
      } else if (event.data.ptr != nullptr) {
        static_cast<Watcher*>(event.data.ptr)->ready(event.events);
      }
    }
  }
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = impl_.get();
  if (epoll_ctl(impl_->epoll.get(), EPOLL_CTL_ADD, impl_->wake.get(), &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

EventLoop::~EventLoop() {
  // What tasks hold may still cancel its timers, so they go while everything is there.
  impl_->later.clear();
  std::vector<std::function<void()>> tasks;
  {
    const base::MutexLock lock(impl_->mutex);
    tasks.swap(impl_->posted);
  }
}

void EventLoop::run() {
  // Events before timers: what has come in time must not be too late because the loop was.
  while (impl_->run_posted()) {
    impl_->wait_and_serve();
    impl_->run_timers();
  }
}

void EventLoop::stop() noexcept {
  const base::MutexLock lock(impl_->mutex);
  impl_->is_stopping = true;
  impl_->wake_up();
}

void EventLoop::post(std::function<void()> task) {
  const base::MutexLock lock(impl_->mutex);
  impl_->posted.push_back(std::move(task));
  impl_->wake_up();
}

void EventLoop::run_at(TimePoint time, std::function<void()> task) {
  impl_->later.emplace(time, std::move(task));
}

bool EventLoop::watch(int descriptor, Watcher& watcher) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  return epoll_ctl(impl_->epoll.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void EventLoop::unwatch(int descriptor, const Watcher& watcher) noexcept {
  epoll_ctl(impl_->epoll.get(), EPOLL_CTL_DEL, descriptor, nullptr);
  for (epoll_event& event : impl_->pending)
    if (event.data.ptr == &watcher) event.data.ptr = nullptr;
}

LoopTimer::LoopTimer(EventLoop& loop, std::function<void()> task)
    : loop_(loop), task_(std::move(task)) {}

LoopTimer::~LoopTimer() { cancel(); }

void LoopTimer::expire_at(EventLoop::TimePoint time) { loop_.impl_->timers.set(*this, time); }

void LoopTimer::cancel() noexcept { loop_.impl_->timers.remove(*this); }

}  // namespace sluice::delivery

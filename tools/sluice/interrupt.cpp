#include "interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "exit_code.hpp"

// Roles:      the handler may run on any thread at any time; everyone else only reads.
// Invariants: write_fd is open while the handler is installed.

namespace sluice::tool {
namespace {

// A signal handler has no other way to reach the program than objects like these.
std::atomic<bool> was_raised{false};  // the handler writes, any thread reads
std::atomic<int> write_fd{-1};        // written before the handler is installed
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

extern "C" void on_signal(int) {
  const int saved_errno = errno;
  // relaxed: the flag carries no other data, and who polls is woken by the pipe.
  was_raised.store(true, std::memory_order_relaxed);
  // relaxed: it is set before sigaction(). A full pipe is readable already, so the result is moot.
  [[maybe_unused]] const auto sent = ::write(write_fd.load(std::memory_order_relaxed), "!", 1);
  errno = saved_errno;
}

void handle(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    throw Failure(ExitCode::failed, "cannot make a pipe for signals");
  read_fd_ = ends[0];
  // relaxed: sigaction() below comes after it on this thread, and no handler runs before that.
  write_fd.store(ends[1], std::memory_order_relaxed);
  handle(on_signal);
}

Interrupt::~Interrupt() {
  handle(SIG_DFL);
  ::close(read_fd_);
  // relaxed: no handler is installed any more.
  ::close(write_fd.exchange(-1, std::memory_order_relaxed));
}

bool Interrupt::is_raised() const noexcept {
  // relaxed: a stale value delays the end by one chunk.
  return was_raised.load(std::memory_order_relaxed);
}

}  // namespace sluice::tool

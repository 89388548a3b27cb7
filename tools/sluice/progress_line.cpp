#include "progress_line.hpp"

#include <unistd.h>

#include <cstdio>

namespace sluice::tool {

ProgressLine::ProgressLine(const InputFile& input)
    : input_(input), is_shown_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::update() {
  constexpr std::chrono::milliseconds kInterval{200};
  if (!is_shown_) return;
  const Clock::time_point now = Clock::now();
  if (now - last_update_ < kInterval) return;
  last_update_ = now;
  is_drawn_ = true;
  // relaxed: see count_events().
  const auto events = static_cast<double>(events_.load(std::memory_order_relaxed));
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  std::fprintf(stderr, "\r\033[K%.2f M events, %.2f M/s", events / 1e6, events / 1e6 / seconds);
  if (input_.stored_bytes() != 0) {
    std::fprintf(stderr, ", %.0f %%",
                 100.0 * static_cast<double>(input_.bytes_read()) /
                     static_cast<double>(input_.stored_bytes()));
  }
  std::fflush(stderr);
}

void ProgressLine::erase() {
  if (is_drawn_) std::fputs("\r\033[K", stderr);
  is_drawn_ = false;
}

}  // namespace sluice::tool

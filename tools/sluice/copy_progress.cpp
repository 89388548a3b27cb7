#include "copy_progress.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "exit_code.hpp"

namespace sluice::tool {

CopyProgress::CopyProgress() : is_shown_(::isatty(STDERR_FILENO) == 1) {}

CopyProgress::~CopyProgress() {
  if (is_drawn_) std::fputs("\r\033[K", stderr);
}

void CopyProgress::add(std::uint64_t bytes) {
  constexpr std::chrono::milliseconds kInterval{200};
  if (interrupt_.is_raised())
    throw Failure(ExitCode::interrupted, "interrupted; nothing was left behind");
  bytes_ += bytes;
  const Clock::time_point now = Clock::now();
  if (!is_shown_ || now - last_update_ < kInterval) return;
  last_update_ = now;
  is_drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  std::fprintf(stderr, "\r\033[K%s, %.0f MB/s", size_text(bytes_).c_str(),
               static_cast<double>(bytes_) / seconds / 1e6);
  std::fflush(stderr);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB"};
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1000 && unit + 1 < kUnits.size(); ++unit) size /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", size, kUnits[unit]);
  return text.data();
}

}  // namespace sluice::tool

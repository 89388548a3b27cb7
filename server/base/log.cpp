// Roles:      any thread logs, sets the level and the format.
// Progress:   a line waits for the lines of other threads that are being written.
#include "base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <memory>

#include "base/clock.hpp"
#include "base/log_line.hpp"

namespace sluice::base {
namespace {

spdlog::level::level_enum level_of(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::atomic<LogFormat> log_format{LogFormat::text};  // written by set_log_format(), read by log()

// The process has one standard error stream, so it has one logger. It is never destroyed: threads
// and destructors log until the very end.
spdlog::logger& logger() {
  static spdlog::logger& one = *[] {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_pattern("%v");
    auto made = std::make_unique<spdlog::logger>("sluice", std::move(sink));
    made->set_level(spdlog::level::info);
    return made.release();
  }();
  return one;
}

}  // namespace

void log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields) noexcept {
  if (!is_logged(level)) return;
  try {
    // relaxed: a line in the format of a moment ago is as good.
    const LogFormat format = log_format.load(std::memory_order_relaxed);
    const std::string line = format_log_line(format, SystemClock{}.now(), level, message, fields);
    logger().log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {
    // Nothing is left to say it with.
  }
}

void set_log_level(LogLevel level) noexcept { logger().set_level(level_of(level)); }

bool is_logged(LogLevel level) noexcept { return logger().should_log(level_of(level)); }

void set_log_format(LogFormat format) noexcept {
  // relaxed: lines that overlap the change may have either format.
  log_format.store(format, std::memory_order_relaxed);
}

}  // namespace sluice::base

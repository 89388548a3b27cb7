// What operators read: one line a message, structured, to the standard error stream.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <variant>

namespace sluice::base {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

/// A key and its value: `{"webhook", id}`. Lifetime: views, for the call that takes it.
struct LogField {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  template <class T>
  LogField(std::string_view name, const T& given) : key(name), value(value_of(given)) {}

  std::string_view key;
  Value value;

 private:
  template <class T>
  static Value value_of(const T& given) {
    if constexpr (std::same_as<T, bool>)
      return given;
    else if constexpr (std::signed_integral<T>)
      return static_cast<std::int64_t>(given);
    else if constexpr (std::unsigned_integral<T>)
      return static_cast<std::uint64_t>(given);
    else if constexpr (std::floating_point<T>)
      return static_cast<double>(given);
    else
      return std::string_view(given);
  }
};

/// Writes a line, if the level is on. `message` is a fixed sentence; what varies goes into fields, so
/// that lines can be searched. No secret belongs in either. Control characters are escaped, so that
/// nobody's input makes a line of its own or drives a terminal.
/// Thread safety: any thread. Errors: none; what cannot be written is lost.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) noexcept;

inline void log_debug(std::string_view message,
                      std::initializer_list<LogField> fields = {}) noexcept {
  log(LogLevel::debug, message, fields);
}
inline void log_info(std::string_view message,
                     std::initializer_list<LogField> fields = {}) noexcept {
  log(LogLevel::info, message, fields);
}
inline void log_warning(std::string_view message,
                        std::initializer_list<LogField> fields = {}) noexcept {
  log(LogLevel::warning, message, fields);
}
inline void log_error(std::string_view message,
                      std::initializer_list<LogField> fields = {}) noexcept {
  log(LogLevel::error, message, fields);
}

/// Lines below `level` are not written. It begins as info. Thread safety: any thread, at any time.
void set_log_level(LogLevel level) noexcept;
bool is_logged(LogLevel level) noexcept;

/// It begins as text. Thread safety: any thread, at any time.
void set_log_format(LogFormat format) noexcept;

}  // namespace sluice::base

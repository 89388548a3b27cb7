#include "base/log_line.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/utf8.hpp"

namespace sluice::base {
namespace {

constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};

unsigned octet(char c) noexcept { return static_cast<unsigned char>(c); }

/// Bytes of the well-formed UTF-8 character of several bytes that `text` begins with; 0: there is
/// none, or it is a control character (U+0080 to U+009F).
std::size_t long_character(std::string_view text) noexcept {
  const std::size_t length = utf8_length(text);
  const bool is_control = length == 2 && octet(text[0]) == 0xC2 && octet(text[1]) < 0xA0;
  return is_control ? 0 : length;
}

void append_code(unsigned code, std::string& out) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "\\u%04x", code);
  out += text.data();
}

/// As in a JSON text. What is no UTF-8 becomes U+FFFD, so that a reader of JSON lines goes on.
void append_escaped(std::string_view text, bool is_quoted, std::string& out) {
  while (!text.empty()) {
    const char c = text.front();
    std::size_t length = 1;
    if (octet(c) >= 0x80) {
      length = long_character(text);
      if (length == 0)
        out += "\\ufffd";
      else
        out += text.substr(0, length);
      if (length == 0) length = 1;
    } else if (octet(c) < 0x20 || c == 0x7F) {
      append_code(octet(c), out);
    } else {
      if (c == '\\' || (is_quoted && c == '"')) out += '\\';
      out += c;
    }
    text.remove_prefix(length);
  }
}

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  append_escaped(text, true, out);
  out += '"';
}

/// In text, only what could be misread is quoted.
bool is_plain(std::string_view text) noexcept {
  for (const char c : text)
    if (octet(c) <= 0x20 || octet(c) >= 0x7F || c == '"' || c == '\\' || c == '=') return false;
  return !text.empty();
}

template <class Number>
void append_number(Number number, std::string& out) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

void append_value(LogFormat format, const LogField::Value& value, std::string& out) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (format == LogFormat::text && is_plain(*text))
      out += *text;
    else
      append_quoted(*text, out);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    append_number(*whole, out);
  } else if (const auto* natural = std::get_if<std::uint64_t>(&value)) {
    append_number(*natural, out);
  } else if (const double real = std::get<double>(value); std::isfinite(real)) {
    append_number(real, out);
  } else {
    out += "null";  // JSON has no word for it
  }
}

}  // namespace

std::string format_log_line(LogFormat format, Time time, LogLevel level, std::string_view message,
                            std::initializer_list<LogField> fields) {
  const std::string_view level_name = kLevels[static_cast<std::size_t>(level)];
  std::string line;
  line.reserve(128 + message.size());
  if (format == LogFormat::json) {
    line.append(R"({"time":")").append(to_iso8601(time)).append(R"(","level":")");
    line.append(level_name).append(R"(","message":)");
    append_quoted(message, line);
  } else {
    line.append(to_iso8601(time)).append(" ").append(level_name).append(" ");
    append_escaped(message, false, line);
  }
  for (const LogField& field : fields) {
    if (format == LogFormat::json) {
      line += ',';
      append_quoted(field.key, line);
      line += ':';
    } else {
      line += ' ';
      append_escaped(field.key, true, line);
      line += '=';
    }
    append_value(format, field.value, line);
  }
  if (format == LogFormat::json) line += '}';
  return line;
}

}  // namespace sluice::base

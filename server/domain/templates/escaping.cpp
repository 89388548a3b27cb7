#include "domain/templates/escaping.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdio>

namespace sluice::domain::templates {
namespace {

/// Boost writes 1.5 as 1.5E0: shortest text that reads back as the same number, as people write it.
std::string number_text(double number) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end};
}

std::string_view html_escape(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

std::string_view slack_escape(char c) {
  return c == '&' || c == '<' || c == '>' ? html_escape(c) : std::string_view{};
}

void append_json_escaped(std::string& output, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    output += '\\';
    output += c;
  } else if (byte < 0x20 || byte == 0x7F) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(byte));
    output += text.data();
  } else {
    output += c;
  }
}

}  // namespace

std::string text_of(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: return {};
    case boost::json::kind::string: return std::string{value.get_string()};
    case boost::json::kind::double_: return number_text(value.get_double());
    default: return boost::json::serialize(value);
  }
}

std::string safe_json(const boost::json::value& value) {
  // Outside of its strings JSON has none of these characters, and inside an escape means the same.
  const std::string json =
      value.is_double() ? number_text(value.get_double()) : boost::json::serialize(value);
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) {
    switch (c) {
      case '<': safe += "\\u003c"; break;
      case '>': safe += "\\u003e"; break;
      case '&': safe += "\\u0026"; break;
      case '\'': safe += "\\u0027"; break;
      default: safe += c;
    }
  }
  return safe;
}

void append_escaped(std::string& output, std::string_view text, Escape escape) {
  if (escape == Escape::none) {
    output += text;
    return;
  }
  const bool is_slack = escape == Escape::slack || escape == Escape::slack_json;
  const bool is_json = escape == Escape::json || escape == Escape::slack_json;
  for (const char c : text) {
    std::string_view replacement;
    if (escape == Escape::html) replacement = html_escape(c);
    if (is_slack) replacement = slack_escape(c);
    if (!replacement.empty()) {
      output += replacement;
    } else if (is_json) {
      append_json_escaped(output, c);
    } else {
      output += c;
    }
  }
}

std::size_t bytes_of(const boost::json::value& value, std::size_t limit) {
  constexpr std::size_t kEach = sizeof(boost::json::value);
  std::size_t bytes = kEach;
  if (const auto* string = value.if_string()) return bytes + string->size();
  if (const auto* array = value.if_array()) {
    for (const boost::json::value& element : *array) {
      if (bytes >= limit) break;
      bytes += bytes_of(element, limit - bytes);
    }
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (bytes >= limit) break;
      bytes += kEach + member.key().size();
      if (bytes < limit) bytes += bytes_of(member.value(), limit - bytes);
    }
  }
  return bytes;
}

}  // namespace sluice::domain::templates

// What simdjson's DOM says about the same bytes: the reference of the decoder's model test and fuzz
// target. They agree but for two documented limits, which this file takes out of the comparison:
//   numbers   RFC 8259 sets no range, and so do we not; DOM refuses what overflows 64 bits.
//   depth     ours is a setting.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/decoded_copy.hpp"
#include "sluice/event.hpp"
#include "sluice/pattern.hpp"

namespace sluice::testkit {

class DomReference {
 public:
  explicit DomReference(DecoderLimits limits, EventFields fields = EventFields::matching)
      : limits_(limits), fields_(fields) {}

  /// What decode_lines() must say; of the errors only the lines count.
  DecodedCopy lines(std::string_view text);
  /// What decode_json() must say of a body whose events are all within event_bytes.
  DecodedCopy body(std::string_view text);

 private:
  using Element = simdjson::dom::element;

  void line(std::string_view text, std::uint64_t number, DecodedCopy& answer);
  bool parse(std::string_view text, std::size_t depth_limit, Element& root);
  bool read_event(Element root, EventCopy& event) const;
  static bool read_for_ingest(simdjson::dom::object object, EventCopy& event);

  const DecoderLimits limits_;
  const EventFields fields_;
  simdjson::dom::parser parser_;
};

namespace reference {

inline std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

inline std::string_view unmarked(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

/// The end of the string whose opening quote is at `from`.
inline std::size_t string_end(std::string_view text, std::size_t from) {
  std::size_t at = from + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

inline std::size_t depth(std::string_view text) {
  std::size_t now = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') i = string_end(text, i) - 1;
    if (text[i] == '{' || text[i] == '[') most = std::max(most, ++now);
    if ((text[i] == '}' || text[i] == ']') && now != 0) --now;
  }
  return most;
}

inline bool is_number(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t first = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - first;
  };
  const std::size_t first = i;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (i < text.size() && text[i] == '.' && (++i, digits() == 0)) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

inline bool overflows(std::string_view number) {
  if (number.find_first_of(".eE") != number.npos)
    return std::isinf(std::strtod(std::string{number}.c_str(), nullptr));
  std::int64_t negative = 0;
  std::uint64_t positive = 0;
  const char* const end = number.data() + number.size();
  const std::errc error = number.starts_with('-')
                              ? std::from_chars(number.data(), end, negative).ec
                              : std::from_chars(number.data(), end, positive).ec;
  return error == std::errc::result_out_of_range;
}

/// `text` with each number that DOM cannot hold replaced by 0.
inline std::string with_numbers_in_range(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    std::string_view piece = text.substr(i, 1);
    if (text[i] == '"') {
      end = string_end(text, i);
      piece = text.substr(i, end - i);
    } else if (piece.find_first_of("-0123456789") == 0) {
      end = std::min(text.find_first_not_of("+-.0123456789eE", i), text.size());
      piece = text.substr(i, end - i);
      if (is_number(piece) && overflows(piece)) piece = "0";
    }
    result += piece;
    i = end;
  }
  return result;
}

}  // namespace reference

inline DecodedCopy DomReference::lines(std::string_view text) {
  text = reference::unmarked(text);
  DecodedCopy answer;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    line(text.substr(0, size), ++answer.lines, answer);
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return answer;
}

inline void DomReference::line(std::string_view text, std::uint64_t number, DecodedCopy& answer) {
  text = reference::trimmed(text);
  if (text.empty()) return;
  Element root;
  EventCopy event;
  event.json = text;
  event.line = number;
  if (text.size() <= limits_.event_bytes && parse(text, limits_.depth, root) &&
      read_event(root, event)) {
    answer.events.push_back(event);
  } else {
    answer.rejected.push_back({number, {}});
  }
}

inline DecodedCopy DomReference::body(std::string_view text) {
  text = reference::trimmed(reference::unmarked(text));
  DecodedCopy answer;
  simdjson::dom::array elements;
  if (Element root; !text.starts_with('[')) {
    line(text, 1, answer);
    if (text.empty()) answer.rejected.push_back({1, {}});
    answer.lines = 1;
  } else if (!parse(text, limits_.depth + 1, root) || root.get(elements) != simdjson::SUCCESS) {
    answer.rejected.push_back({1, {}});
    answer.lines = 1;
  } else {
    for (const Element element : elements) {
      EventCopy event;
      event.line = ++answer.lines;
      if (read_event(element, event)) {
        answer.events.push_back(event);
      } else {
        answer.rejected.push_back({answer.lines, {}});
      }
    }
  }
  return answer;
}

inline bool DomReference::parse(std::string_view text, std::size_t depth_limit, Element& root) {
  if (reference::depth(text) > depth_limit) return false;
  const std::string in_range = reference::with_numbers_in_range(text);
  if (parser_.allocate(in_range.size() + 64, depth_limit + 8) != simdjson::SUCCESS) return false;
  return parser_.parse(in_range).get(root) == simdjson::SUCCESS;
}

namespace reference {

/// The first value of `wanted`, a key of `object`.
inline bool find_first(simdjson::dom::object object, std::string_view wanted,
                       simdjson::dom::element& value) {
  for (const auto field : object) {
    if (field.key != wanted) continue;
    value = field.value;
    return true;
  }
  return false;
}

/// Sets `text` to the string at `key`, if there is one and it is not null. False: not a string.
inline bool read_optional(simdjson::dom::object object, std::string_view key, std::string& text) {
  simdjson::dom::element value;
  if (!find_first(object, key, value) || value.is_null()) return true;
  std::string_view view;
  if (value.get(view) != simdjson::SUCCESS) return false;
  text = view;
  return true;
}

}  // namespace reference

inline bool DomReference::read_event(Element root, EventCopy& event) const {
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return false;
  Element value;
  std::string_view text;
  if (!reference::find_first(object, "event_type", value) &&
      !reference::find_first(object, "type", value))
    return false;
  if (value.get(text) != simdjson::SUCCESS) return false;
  if (check_event_name(text).code != ErrorCode::none) return false;
  event.name = text;
  if (fields_ == EventFields::ingest) return read_for_ingest(object, event);
  return reference::read_optional(object, "organization", event.organization);
}

inline bool DomReference::read_for_ingest(simdjson::dom::object object, EventCopy& event) {
  const auto has = [object](std::string_view key) {
    Element ignored;
    return reference::find_first(object, key, ignored);
  };
  const bool is_cloud_event = !has("event_type");
  const bool has_cloud_id = is_cloud_event && !has("event_id") && has("id");
  const bool has_cloud_time = is_cloud_event && !has("occurred_at");
  if (!reference::read_optional(object, has_cloud_id ? "id" : "event_id", event.id)) return false;
  Element id;
  const bool has_id = reference::find_first(object, has_cloud_id ? "id" : "event_id", id);
  if (has_id && !id.is_null()) {
    if (event.id.empty() || event.id.size() > 128) return false;
    if (event.id.find_first_not_of(
            "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
            "abcdefghijklmnopqrstuvwxyz{|}~") != event.id.npos)
      return false;
  }
  if (!reference::read_optional(object, has_cloud_time ? "time" : "occurred_at", event.occurred_at))
    return false;
  if (!is_cloud_event) return true;
  reference::read_optional(object, "source", event.source);
  reference::read_optional(object, "specversion", event.specversion);
  return true;
}

}  // namespace sluice::testkit

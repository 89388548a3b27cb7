// NDJSON events to decode: objects of many kinds of values, made from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

enum class EventShape : std::uint8_t {
  regular,    // one service's: the same fields in the same order, other values
  irregular,  // everybody's: fields and their order differ from event to event
};

/// Events of about `event_bytes` each, one per line, together at least `total_bytes`. `lines` are
/// without their ends. Behind the text there is room for what decoders read ahead.
class JsonEvents {
 public:
  JsonEvents(EventShape shape, std::size_t event_bytes, std::size_t total_bytes,
             std::uint64_t seed);
  JsonEvents(const JsonEvents&) = delete;
  JsonEvents& operator=(const JsonEvents&) = delete;

  std::string_view text() const noexcept { return text_; }
  const std::vector<std::string_view>& lines() const noexcept { return lines_; }

  /// The text in pieces of whole lines of at least `bytes` each (but the last).
  std::vector<std::string_view> chunks(std::size_t bytes) const;

 private:
  std::string text_;
  std::vector<std::string_view> lines_;
};

}  // namespace sluice::bench

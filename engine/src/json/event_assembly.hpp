// From a line that keeps the grammar to an event: which of its keys are the event's own, and their
// values. What both fast kernels end in.
#pragma once

#include "json/block_avx2.hpp"

#if defined(__x86_64__)

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json/decoded.hpp"
#include "json/event_fields.hpp"
#include "json/tokens.hpp"
#include "sluice/event.hpp"

namespace sluice::json {

/// What a fast kernel decodes, and where the answer goes.
struct ScanJob {
  const char* begin;
  const char* end;
  EventFields wanted;
  std::uint64_t event_bytes;
  std::uint64_t depth_limit;
  FieldReader& reader;
  Decoded& out;
  std::uint64_t& line;
};

class EventAssembly {
 public:
  explicit EventAssembly(const ScanJob& job) noexcept
      : line_begin_(job.begin),
        end_(job.end),
        event_bytes_(job.event_bytes),
        wanted_(job.wanted),
        reader_(job.reader),
        out_(job.out),
        line_(job.line) {}

  const char* line_begin() const noexcept { return line_begin_; }
  const char* end() const noexcept { return end_; }
  bool is_done() const noexcept { return line_begin_ == end_; }
  /// Whether a further key of the event can still matter.
  bool needs_keys() const noexcept { return needs_keys_; }

  /// Notes a key of the event, if it is one of the fields'. `is_key` says whether it is some name
  /// that is given with its opening quote; `close` is its closing quote, and whitespace, a colon
  /// and a value follow.
  template <class IsKey>
  __attribute__((always_inline)) void note_key(const IsKey& is_key, const char* close) noexcept;

  /// Adds the event that the current line holds, up to its `newline`. False: it is not accepted.
  SLUICE_AVX2 bool finish_line(std::string_view json, bool has_non_ascii, const char* newline);

 private:
  SLUICE_AVX2_INLINE bool add_event(std::string_view json, bool has_non_ascii);
  SLUICE_AVX2_INLINE bool read_plain(Event& event, EventOrigin* origin) const noexcept;
  SLUICE_AVX2_INLINE bool read_plain_origin(EventOrigin& origin) const noexcept;
  void forget_fields() noexcept;
  template <class IsKey>
  __attribute__((always_inline)) const char** field(const IsKey& is_key) noexcept;
  const char* value_after(const char* close) const noexcept;

  const char* line_begin_;
  const char* const end_;
  bool needs_keys_ = true;
  Fields fields_;
  const std::uint64_t event_bytes_;
  const EventFields wanted_;
  FieldReader& reader_;
  Decoded& out_;
  std::uint64_t& line_;
};

// ---------------------------------------------------------------------------

/// The value behind the closing quote of a key.
inline const char* EventAssembly::value_after(const char* close) const noexcept {
  if (close[1] == ':' && close[2] > ' ') return close + 2;
  return skip_blanks(skip_blanks(close + 1, end_) + 1, end_);
}

template <class IsKey>
inline void EventAssembly::note_key(const IsKey& is_key, const char* close) noexcept {
  const char** const value = field(is_key);
  if (value == nullptr || *value != nullptr) return;
  *value = value_after(close);
  needs_keys_ = !fields_.are_settled(wanted_);
}

template <class IsKey>
inline const char** EventAssembly::field(const IsKey& is_key) noexcept {
  if (is_key("\"event_type")) return &fields_.event_type;
  if (wanted_ == EventFields::matching && is_key("\"organization")) return &fields_.organization;
  if (is_key("\"type")) return &fields_.type;
  if (wanted_ == EventFields::matching) return nullptr;
  if (is_key("\"event_id")) return &fields_.event_id;
  if (is_key("\"occurred_at")) return &fields_.occurred_at;
  if (is_key("\"id")) return &fields_.cloud_id;
  if (is_key("\"time")) return &fields_.cloud_time;
  if (is_key("\"source")) return &fields_.source;
  if (is_key("\"specversion")) return &fields_.specversion;
  return nullptr;
}

}  // namespace sluice::json

#endif

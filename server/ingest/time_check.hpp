// Whether texts are times. Events that follow each other have mostly happened in the same minute: of
// such a text only what comes behind the minute is read.
#pragma once

#include <array>
#include <string_view>

namespace sluice::ingest {

/// Thread safety: one thread at a time.
class TimeCheck {
 public:
  /// What base::parse_iso8601() accepts.
  bool is_time(std::string_view text) noexcept;

 private:
  std::array<char, 17> minute_{};  // the last one that was read in full: 2026-11-24T13:35:
};

}  // namespace sluice::ingest

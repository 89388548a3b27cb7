// The fast way to decode lines where there is AVX-512: an index of the tokens of some KiB, then the
// grammar of 64 tokens at a time, line by line.
#pragma once

#include "json/event_assembly.hpp"

#if defined(__x86_64__)

#include "json/block_avx512.hpp"
#include "json/known_lines.hpp"
#include "json/token_index.hpp"
#include "json/token_nesting.hpp"

namespace sluice::json {

class TokenScanner {
 public:
  explicit TokenScanner(const ScanJob& job) noexcept
      : event_(job), nesting_(job.depth_limit), scanned_(job.begin) {}

  /// As LineScanner::scan().
  SLUICE_AVX512 const char* scan();

 private:
  SLUICE_AVX512 const char* first_bad_scalar() noexcept;
  SLUICE_AVX512 bool take_window();
  SLUICE_AVX512_INLINE bool take_line(std::size_t first, unsigned count);
  SLUICE_AVX512 bool take_tokens(std::size_t first, unsigned count) noexcept;
  SLUICE_AVX512_INLINE bool finish_line(const char* newline);
  SLUICE_AVX512_INLINE bool note_keys(std::uint64_t colons, std::size_t first) noexcept;
  SLUICE_AVX512_INLINE bool note_key(const char* quote, const char* colon) noexcept;

  EventAssembly event_;
  TokenNesting nesting_;
  const char* scanned_;               // the end of the window
  const char* bad_scalar_ = nullptr;  // the first of the window; null: there is none
  const char* json_begin_ = nullptr;  // null: the event has not begun
  const char* json_end_ = nullptr;
  const char* last_token_ = nullptr;  // of the window before
  bool has_non_ascii_ = false;
  // 1: what the next token comes right after.
  std::uint64_t after_left_ = 0;
  std::uint64_t after_comma_ = 0;
  std::uint64_t after_colon_ = 1;  // or nothing: in either case a value is due
  std::uint64_t after_item_ = 0;
  std::uint64_t top_colons_ = 0;  // of the tokens taken last
  TokenIndex index_;
  KnownLines known_lines_;
};

/// As LineScanner::scan().
const char* scan_tokens(const ScanJob& job);

}  // namespace sluice::json

#endif

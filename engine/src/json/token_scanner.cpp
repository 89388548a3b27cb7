#include "json/token_scanner.hpp"

#if defined(__x86_64__)

#include <algorithm>
#include <cstring>
#include <string_view>

#include "json/grammar.hpp"
#include "json/scalars.hpp"

namespace sluice::json {
namespace {

constexpr std::size_t kFirstWindowBytes = 512;

SLUICE_AVX512_INLINE std::uint64_t equal(__m512i bytes, char c) noexcept {
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c));
}

}  // namespace

SLUICE_AVX512 const char* TokenScanner::scan() {
  // A line that is not accepted ends the scan; the windows grow so that it costs little.
  for (std::size_t bytes = kFirstWindowBytes;;
       bytes = std::min(2 * bytes, TokenIndex::kMaxWindowBytes)) {
    const auto left = static_cast<std::size_t>(event_.end() - scanned_);
    const char* const window = scanned_;
    scanned_ += std::min(bytes, left);
    index_.read(window, scanned_, event_.end());
    has_non_ascii_ |= index_.has_non_ascii();
    if (bad_scalar_ == nullptr) bad_scalar_ = first_bad_scalar();
    if (!take_window()) return event_.line_begin();
    if (event_.is_done()) return event_.end();
    if (index_.size() != 0) last_token_ = index_.at(index_.size() - 1);
  }
}

SLUICE_AVX512 const char* TokenScanner::first_bad_scalar() noexcept {
  const char* bad = nullptr;
  for (std::size_t first = 0; first < index_.size(); first += 64) {
    std::uint64_t scalars = index_.take_scalars(first);
    if (bad != nullptr) continue;
    for (; scalars != 0; scalars = _blsr_u64(scalars)) {
      const char* const at = index_.at(first + _tzcnt_u64(scalars));
      if (is_plain_scalar(at) || is_scalar(at, event_.end())) continue;
      bad = at;
      break;
    }
  }
  return bad;
}

SLUICE_AVX512 bool TokenScanner::take_window() {
  const std::size_t size = index_.size();
  for (std::size_t i = 0; i < size;) {
    const unsigned whole = json_begin_ == nullptr ? KnownLines::count(index_, i) : 0;
    if (whole != 0) {
      if (!take_line(i, whole)) return false;
      i += whole + 1;
      continue;
    }
    const auto count = static_cast<unsigned>(_tzcnt_u64(equal(index_.bytes(i), '\n')));
    if (count != 0 && !take_tokens(i, count)) return false;
    i += count;
    if (count == 64 || i == size) continue;
    if (!finish_line(index_.at(i))) return false;
    ++i;
  }
  return true;
}

SLUICE_AVX512_INLINE bool TokenScanner::take_line(std::size_t first, unsigned count) {
  const char* const newline = index_.at(first + count);
  if (const KnownLine* const line = known_lines_.find(index_, first, count); line != nullptr) {
    json_begin_ = index_.at(first);
    json_end_ = index_.at(first + count - 1) + 1;
    return note_keys(line->colons[0], first) && note_keys(line->colons[1], first + 64) &&
           finish_line(newline);
  }
  std::uint64_t colons[2] = {0, 0};
  for (unsigned taken = 0; taken < count; taken += 64) {
    if (!take_tokens(first + taken, std::min(count - taken, 64U))) return false;
    colons[taken / 64] = top_colons_;
  }
  if (!finish_line(newline)) return false;
  known_lines_.add(index_, first, count, colons);
  return true;
}

SLUICE_AVX512 bool TokenScanner::take_tokens(std::size_t first, unsigned count) noexcept {
  const __m512i bytes = index_.bytes(first);
  const std::uint64_t valid = _bzhi_u64(~std::uint64_t{0}, count);
  const __m512i folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));  // [ ] to { }
  const std::uint64_t commas = equal(bytes, ',');
  Sequence is{};
  is.left = equal(folded, '{') & valid;
  is.right = equal(folded, '}') & valid;
  is.colons = equal(bytes, ':');
  is.strings = equal(bytes, '"');
  is.scalars = ~(is.left | is.right | commas | is.colons | is.strings);
  is.first = is.left << 1U | after_left_;
  is.item = is.first | commas << 1U | after_comma_;
  is.due = is.item | is.colons << 1U | after_colon_;
  const std::uint64_t items = is.strings & is.item;
  is.after_item = items << 1U | after_item_;

  const std::uint64_t squares = _mm512_testn_epi8_mask(bytes, _mm512_set1_epi8(0x20));
  Brackets brackets{is.left, is.right, (is.left | is.right) & squares};
  if (json_begin_ == nullptr) {
    json_begin_ = index_.at(first);
    if (*json_begin_ != '{') return false;
    nesting_.start();
    brackets.left &= ~std::uint64_t{1};
  } else if (nesting_.depth() == 0) {
    return false;
  }
  if (!nesting_.take(brackets)) return false;
  const unsigned last = count - 1;
  if (nesting_.depth() == 0) {
    if (nesting_.unpaired() >> last != 1) return false;  // the last bracket is the last token
    json_end_ = index_.at(first + last) + 1;
  }
  const GrammarFaults faults = grammar_faults(is);
  const std::uint64_t in_array = nesting_.in_array();
  if (((faults.anywhere | (faults.in_object & ~in_array) | (faults.in_array & in_array)) & valid) !=
      0)
    return false;
  after_left_ = is.left >> last & 1U;
  after_comma_ = commas >> last & 1U;
  after_colon_ = is.colons >> last & 1U;
  after_item_ = items >> last & 1U;
  top_colons_ = is.colons & valid & nesting_.at_top();
  return note_keys(top_colons_, first);
}

SLUICE_AVX512_INLINE bool TokenScanner::note_keys(std::uint64_t colons,
                                                  std::size_t first) noexcept {
  for (; colons != 0 && event_.needs_keys(); colons = _blsr_u64(colons)) {
    const std::size_t i = first + _tzcnt_u64(colons);
    if (!note_key(i != 0 ? index_.at(i - 1) : last_token_, index_.at(i))) return false;
  }
  return true;
}

SLUICE_AVX512_INLINE bool TokenScanner::note_key(const char* quote, const char* colon) noexcept {
  const char* close = colon - 1;
  while (*close != '"') --close;
  const std::string_view key{quote, static_cast<std::size_t>(close - quote)};
  if (index_.has_backslashes() && key.find('\\') != key.npos) return false;
  const auto is_key = [key](std::string_view name) __attribute__((always_inline)) {
    return key.size() == name.size() && std::memcmp(key.data(), name.data(), name.size()) == 0;
  };
  event_.note_key(is_key, close);
  return true;
}

SLUICE_AVX512_INLINE bool TokenScanner::finish_line(const char* newline) {
  if (json_begin_ == nullptr || nesting_.depth() != 0) return false;
  if (bad_scalar_ != nullptr && bad_scalar_ < newline) return false;
  const std::string_view json{json_begin_, static_cast<std::size_t>(json_end_ - json_begin_)};
  if (!event_.finish_line(json, has_non_ascii_, newline)) return false;
  json_begin_ = nullptr;
  has_non_ascii_ = index_.has_non_ascii();
  after_left_ = after_comma_ = after_item_ = 0;
  after_colon_ = 1;
  return true;
}

const char* scan_tokens(const ScanJob& job) { return TokenScanner{job}.scan(); }

}  // namespace sluice::json

#endif

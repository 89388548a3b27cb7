#include "ingest/json_lines.hpp"

#include <algorithm>
#include <bit>
#include <string_view>

namespace sluice::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::uint64_t count(std::uint64_t bits) noexcept {
  return static_cast<std::uint64_t>(std::popcount(bits));
}

/// The bits below bit `i`.
std::uint64_t below(unsigned i) noexcept { return (std::uint64_t{1} << i) - 1; }

JsonBlock read_block(const char* text, unsigned size) noexcept {
  JsonBlock block = JsonBlock::read(text);
  if (size < 64) block.cut(size);
  return block;
}

}  // namespace

std::size_t JsonLines::rewrite(char* text, std::size_t size) {
  std::size_t done = 0;
  if (phase_ == Phase::start) done = skip_start(text, size);
  if (phase_ == Phase::value) {
    rewrite_value(text + done, size - done);
    return size;
  }
  if (phase_ == Phase::array) done += rewrite_array(text + done, size - done);
  if (phase_ == Phase::end) check_end(text + done, size - done);
  return done;
}

void JsonLines::finish() {
  if (phase_ != Phase::array || depth_ != 0 || strings_.is_inside()) return;
  faults_.push_back({element_ + (has_begun_ ? 1 : 0), 1, &kUnterminatedArray});
}

std::uint64_t JsonLines::line_of(std::uint64_t element) const noexcept {
  const auto after = std::upper_bound(
      lines_.begin(), lines_.end(), element,
      [](std::uint64_t wanted, const ElementLine& entry) { return wanted < entry.element; });
  return std::prev(after)->line;
}

void JsonLines::forget_before(std::uint64_t element) {
  const auto after = std::upper_bound(
      lines_.begin(), lines_.end(), element,
      [](std::uint64_t wanted, const ElementLine& entry) { return wanted < entry.element; });
  lines_.erase(lines_.begin(), std::prev(after));
}

/// Blanks what is before the body's first value, and says how many bytes that is.
std::size_t JsonLines::skip_start(char* text, std::size_t size) {
  for (std::size_t at = 0; at != size; ++at) {
    if (skip_mark(text[at])) continue;
    if (phase_ != Phase::start) return at;
    if (!is_blank(text[at])) return begin(text[at], at);
    if (text[at] != '\n') continue;
    text[at] = ' ';
    ++line_;
  }
  return size;
}

/// Whether the byte was one of a byte order mark. A broken one makes the body a bad value.
bool JsonLines::skip_mark(char& byte) noexcept {
  if (mark_bytes_ == kByteOrderMark.size()) return false;
  if (byte == kByteOrderMark[mark_bytes_]) {
    byte = ' ';
    ++mark_bytes_;
    return true;
  }
  if (mark_bytes_ != 0) {
    byte = kByteOrderMark[0];
    phase_ = Phase::value;
  }
  mark_bytes_ = static_cast<unsigned>(kByteOrderMark.size());
  return false;
}

std::size_t JsonLines::begin(char& byte, std::size_t at) {
  if (byte == '[' && accepts_ != Accepts::object) {
    byte = ' ';
    phase_ = Phase::array;
    return at + 1;
  }
  note_line(line_);
  phase_ = Phase::value;
  if (accepts_ == Accepts::array) {
    faults_.push_back({0, 1, &kNotAnArray});
    has_trailing_fault_ = true;
    phase_ = Phase::end;
  }
  return at;
}

void JsonLines::rewrite_value(char* text, std::size_t size) noexcept {
  for (std::size_t at = 0; at < size; at += 64) {
    const auto bytes = static_cast<unsigned>(std::min<std::size_t>(64, size - at));
    const JsonBlock block = read_block(text + at, bytes);
    replace_newlines(text + at, block.newlines, strings_.inside(block, bytes));
  }
}

/// Returns the bytes up to the array's end.
std::size_t JsonLines::rewrite_array(char* text, std::size_t size) {
  for (std::size_t at = 0; at < size; at += 64) {
    const auto bytes = static_cast<unsigned>(std::min<std::size_t>(64, size - at));
    const JsonBlock block = read_block(text + at, bytes);
    const std::uint64_t inside = strings_.inside(block, bytes);
    const std::uint64_t opens = block.opens & ~inside;
    const std::uint64_t closes = block.closes & ~inside;
    std::uint64_t newlines = block.newlines;
    if (depth_ > count(closes)) {  // no place of the block is between elements
      depth_ += count(opens) - count(closes);
    } else {
      const std::uint64_t marks = opens | closes | (block.commas & ~inside);
      const unsigned end = walk(text + at, block, marks, bytes);
      if (phase_ == Phase::end) {
        newlines &= below(end - 1);
        replace_newlines(text + at, newlines, inside);
        line_ += count(newlines);
        return at + end;
      }
    }
    if (newlines == 0) continue;
    replace_newlines(text + at, newlines, inside);
    line_ += count(newlines);
  }
  return size;
}

/// Goes from mark to mark. Returns the bytes up to the array's end.
unsigned JsonLines::walk(char* text, const JsonBlock& block, std::uint64_t marks, unsigned size) {
  std::uint64_t content = ~block.blanks;
  if (size < 64) content &= below(size);
  for (; marks != 0; marks &= marks - 1) {
    const auto i = static_cast<unsigned>(std::countr_zero(marks));
    const char c = text[i];
    if (depth_ == 0 && (c == ',' || c == ']')) {
      if (!has_begun_) begin_element(block, content & below(i));
      content &= ~(below(i) << 1U | 1U);
      end_element(c == ']', line_ + count(block.newlines & below(i)));
      text[i] = '\n';
      if (phase_ == Phase::end) return i + 1;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c != ',' && depth_ != 0) {
      --depth_;
    }
  }
  if (!has_begun_) begin_element(block, content);
  return size;
}

void JsonLines::check_end(const char* text, std::size_t size) {
  for (std::size_t at = 0; at != size && !has_trailing_fault_; ++at) {
    if (text[at] == '\n') ++line_;
    if (is_blank(text[at])) continue;
    note_line(line_);
    faults_.push_back({element_, 1, &kTrailingBytes});
    has_trailing_fault_ = true;
  }
}

void JsonLines::replace_newlines(char* text, std::uint64_t newlines,
                                 std::uint64_t inside) noexcept {
  for (; newlines != 0; newlines &= newlines - 1) {
    const auto i = static_cast<unsigned>(std::countr_zero(newlines));
    // Inside a string the decoder must find a control character, and refuse it.
    text[i] = (inside >> i & 1U) != 0 ? '\x01' : ' ';
  }
}

/// The element begins with the first byte of `content`, if there is one.
void JsonLines::begin_element(const JsonBlock& block, std::uint64_t content) {
  if (content == 0) return;
  const auto i = static_cast<unsigned>(std::countr_zero(content));
  note_line(line_ + count(block.newlines & below(i)));
  has_begun_ = true;
}

void JsonLines::end_element(bool is_last, std::uint64_t line) {
  const bool is_missing = !has_begun_ && !(is_last && element_ == 0);
  if (is_missing) add_missing(line);
  if (has_begun_ || is_missing) ++element_;
  has_begun_ = false;
  if (is_last) phase_ = Phase::end;
}

void JsonLines::add_missing(std::uint64_t line) {
  const bool follows = !faults_.empty() && lines_.back().line == line &&
                       faults_.back().element + faults_.back().count == element_;
  if (follows) {
    ++faults_.back().count;
  } else {
    note_line(line);
    faults_.push_back({element_, 1, &kMissingElement});
  }
}

void JsonLines::note_line(std::uint64_t line) {
  if (lines_.back().line != line) lines_.push_back({element_, line});
}

}  // namespace sluice::ingest

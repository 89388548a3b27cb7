#include "ingest/line_feed.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::ingest {

void LineFeed::begin(char* data, std::size_t size, bool is_last) noexcept {
  std::memcpy(data - carry_.size(), carry_.data(), carry_.size());
  rest_ = {data - carry_.size(), carry_.size() + size};
  is_last_ = is_last;
  carry_.clear();
}

LineFeed::Found LineFeed::next(std::string_view& lines) {
  if (is_skipping_) {
    const std::size_t newline = rest_.find('\n');
    rest_.remove_prefix(newline == rest_.npos ? rest_.size() : newline + 1);
    is_skipping_ = newline == rest_.npos && !is_last_;
  }
  std::size_t whole = 0;
  bool is_too_long = false;
  while (whole != rest_.size()) {
    // With its newline, a line that is not too long ends within this window.
    const std::string_view window = rest_.substr(whole, max_line_bytes_ + 1);
    const void* const newline = ::memrchr(window.data(), '\n', window.size());
    if (newline == nullptr) {
      is_too_long = window.size() > max_line_bytes_;
      break;
    }
    whole += static_cast<std::size_t>(static_cast<const char*>(newline) - window.data()) + 1;
  }
  if (whole == 0 && is_too_long) {
    is_skipping_ = true;
    return Found::too_long;
  }
  if (whole == 0 && !is_last_ && !rest_.empty()) {
    carry_.assign(rest_);
    rest_ = {};
  }
  if (is_last_ && !is_too_long) whole = rest_.size();
  lines = rest_.substr(0, whole);
  rest_.remove_prefix(whole);
  return lines.empty() ? Found::nothing : Found::lines;
}

}  // namespace sluice::ingest

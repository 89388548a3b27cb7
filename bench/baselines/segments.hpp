// The dotted segments of a name or pattern, as views, without allocating.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "sluice/pattern.hpp"

namespace sluice::bench {

class Segments {
 public:
  explicit Segments(std::string_view text) {
    std::size_t from = 0;
    for (std::size_t dot; (dot = text.find('.', from)) != std::string_view::npos; from = dot + 1)
      views_[size_++] = text.substr(from, dot - from);
    views_[size_++] = text.substr(from);
  }

  std::size_t size() const noexcept { return size_; }
  std::string_view operator[](std::size_t i) const noexcept { return views_[i]; }

 private:
  std::array<std::string_view, kMaxSegments> views_;
  std::size_t size_ = 0;
};

/// The segments of a pattern, where a lone `*` is spelt `**`: both mean every event.
inline Segments pattern_segments(const Pattern& pattern) {
  return Segments{pattern.text() == "*" ? std::string_view{"**"} : pattern.text()};
}

}  // namespace sluice::bench

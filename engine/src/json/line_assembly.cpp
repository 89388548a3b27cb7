#include "json/line_assembly.hpp"

#if defined(__x86_64__)

#include <cstring>
#include <string_view>

namespace sluice::json {

void LineAssembly::note_key(const char* close) noexcept {
  const auto before = static_cast<std::size_t>(close - line_begin());
  const auto is_key = [close, before](std::string_view quoted) {
    return before >= quoted.size() &&
           std::memcmp(close - quoted.size(), quoted.data(), quoted.size()) == 0;
  };
  event_.note_key(is_key, close);
}

SLUICE_AVX2_INLINE bool LineAssembly::finish_line(const char* newline, ScalarQueue& scalars) {
  const std::string_view json{json_begin_, static_cast<std::size_t>(json_end_ - json_begin_)};
  return depth_ == 0 && scalars.check(event_.end()) &&
         event_.finish_line(json, has_non_ascii_, newline);
}

SLUICE_AVX2_INLINE bool LineAssembly::walk_bracket(const MarkedBlock& block, unsigned i) noexcept {
  const std::uint64_t is_square = block.squares >> i & 1U;
  if ((block.is.left >> i & 1U) != 0) {
    if (depth_ == 0) json_begin_ = block.at + i;
    if (depth_ == depth_limit_ || (depth_ == 0 && is_square != 0)) return false;
    ++depth_;
    arrays_ = arrays_ << 1U | is_square;
    return true;
  }
  if (depth_ == 0 || (arrays_ & 1U) != is_square) return false;
  --depth_;
  arrays_ >>= 1U;
  json_end_ = block.at + i + 1;
  return true;
}

SLUICE_AVX2 bool LineAssembly::walk(const MarkedBlock& block, ScalarQueue& scalars) {
  const Structure& is = block.is;
  // A colon is one too, which is what the faults of an array are.
  const std::uint64_t outside_faults =
      is.faults | is.array_faults | is.commas | is.scalars | is.strings;
  std::uint64_t marks = is.left | is.right | is.newlines;
  std::uint64_t ahead = ~std::uint64_t{0};
  for (;;) {
    // From behind the mark before to the next one, which counts as inside; or to the block's end.
    const std::uint64_t through = _blsmsk_u64(marks);
    const std::uint64_t stretch = ahead & through;
    const std::uint64_t faults = depth_ == 0           ? outside_faults
                                 : (arrays_ & 1U) != 0 ? is.faults | is.array_faults
                                                       : is.faults | is.object_faults;
    if ((stretch & faults) != 0) return false;
    if (depth_ == 1) {
      for (std::uint64_t keys = block.keys & stretch; keys != 0; keys = _blsr_u64(keys))
        note_key(block.at + _tzcnt_u64(keys));
    }
    if (marks == 0) return true;
    const auto i = static_cast<unsigned>(_tzcnt_u64(marks));
    marks = _blsr_u64(marks);
    ahead = ~through;
    if (block.at[i] != '\n') {
      if (!walk_bracket(block, i)) return false;
    } else {
      if (!finish_line(block.at + i, scalars)) return false;
      has_non_ascii_ = (block.non_ascii & ahead) != 0;
      if (is_done()) return true;
    }
  }
}

}  // namespace sluice::json

#endif

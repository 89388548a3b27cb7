// gzip bytes to plain bytes, piece by piece; members one after the other are one stream, as
// `cat a.gz b.gz` makes them.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace sluice::tool {

/// Thread safety: one thread at a time.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Inflates from the front of `input`, which it shortens, into `into`; says how many bytes it
  /// wrote. Errors: std::runtime_error, when the bytes are not gzip.
  std::size_t inflate(std::string_view& input, std::span<char> into);

  /// Whether the input may end here.
  bool is_at_end() const noexcept { return is_at_end_; }

  static bool is_gzip(std::string_view first_bytes) noexcept {
    return first_bytes.starts_with("\x1f\x8b");
  }

 private:
  z_stream stream_{};
  bool is_at_end_ = false;  // a member has ended, and no other has begun
};

}  // namespace sluice::tool

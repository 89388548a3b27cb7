// A gzip body (RFC 1952) is unzipped into buffers of the caller: however much it unfolds to, memory is
// zlib's window of 32 KiB and what the caller gives.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace sluice::ingest {

/// Thread safety: one thread at a time.
class GzipReader {
 public:
  /// Errors: std::bad_alloc.
  GzipReader();
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  /// Unzips from the front of `input`, which it shortens, into `output`, and says how many bytes
  /// came out. It stops when either is used up, or the data is bad. Members that follow each other
  /// are one body. Complexity: O(bytes). Errors: is_bad(); std::bad_alloc.
  std::size_t read(std::string_view& input, std::span<char> output);

  /// Whether what came so far is no gzip data.
  bool is_bad() const noexcept { return is_bad_; }
  /// Whether what came so far is one whole member or several.
  bool is_whole() const noexcept { return is_whole_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  bool is_bad_ = false;
  bool is_whole_ = false;
};

}  // namespace sluice::ingest

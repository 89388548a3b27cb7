// Bytes of a file, a pipe or standard input, inflated when they are gzip, which is told from the
// first two bytes and not from the name.
//
// Roles:      one thread at a time reads the file; any thread may ask how far it is.
// Invariants: bytes_read_ never falls.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "file_descriptor.hpp"
#include "inflater.hpp"
#include "interrupt.hpp"
#include "sluice/stream.hpp"

namespace sluice::tool {

/// A source that hands on what a slow pipe has so far, and fills the whole buffer from a fast one.
/// Thread safety: read() from one thread at a time; bytes_read() from any.
class InputFile : public ByteSource {
 public:
  /// "-" is standard input. `interrupt`, when given, ends the input. Errors: Failure.
  explicit InputFile(const std::string& path, const Interrupt* interrupt = nullptr);

  /// Errors: none; an unreadable input ends early and says why in error().
  std::size_t read(std::span<char> into) override;

  /// Why the input ended before its end; empty if it did not.
  const std::string& error() const noexcept { return error_; }
  /// For people: the path, or `<stdin>`.
  const std::string& name() const noexcept { return name_; }
  /// Of the file as it is stored; 0 when nobody knows.
  std::uint64_t stored_bytes() const noexcept { return stored_bytes_; }
  /// How many of them have been read.
  std::uint64_t bytes_read() const noexcept {
    // relaxed: a figure for a progress line.
    return bytes_read_.load(std::memory_order_relaxed);
  }

 private:
  std::size_t read_stored(std::span<char> into);
  std::size_t read_some(std::span<char> into, bool may_wait);
  std::size_t read_inflated(std::span<char> into);
  bool is_readable(bool may_wait) const;
  void look_at_magic();

  const FileDescriptor fd_;
  const Interrupt* interrupt_;
  std::string name_;
  std::string error_;
  std::uint64_t stored_bytes_ = 0;
  bool is_regular_ = false;
  bool has_begun_ = false;
  std::atomic<std::uint64_t> bytes_read_{0};  // read() writes, any thread reads
  std::vector<char> buffer_;                  // stored bytes that are ahead of the reader
  std::string_view ahead_;                    // in buffer_
  std::unique_ptr<Inflater> inflater_;
};

/// The whole of a text file, inflated, without a byte order mark. Errors: Failure.
std::string read_whole(const std::string& path);

}  // namespace sluice::tool

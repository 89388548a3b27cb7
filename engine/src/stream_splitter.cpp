#include "stream_splitter.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace sluice::internal {

void LineChunk::reserve(std::size_t bytes_wanted, std::size_t bytes_kept) {
  if (bytes_wanted <= capacity_) return;
  std::unique_ptr<char[]> larger(new char[bytes_wanted + EventDecoder::kPadding]);
  if (bytes_kept != 0) std::memcpy(larger.get(), buffer_.get(), bytes_kept);
  buffer_ = std::move(larger);
  capacity_ = bytes_wanted;
}

LineSplitter::LineSplitter(ByteSource& source, std::size_t chunk_bytes, std::size_t line_bytes)
    : source_(source),
      chunk_bytes_(std::max<std::size_t>(chunk_bytes, 1)),
      line_bytes_(std::max(chunk_bytes_, line_bytes)) {}

bool LineSplitter::next(LineChunk& chunk) {
  chunk.text = {};
  chunk.is_oversized = false;
  if (was_stopped_) return false;
  chunk.reserve(std::max(chunk_bytes_, carry_.size()), 0);
  std::memcpy(chunk.data(), carry_.data(), carry_.size());
  std::size_t fresh = carry_.size();
  carry_.clear();
  for (std::size_t size = 0;;) {
    // No newline in the first `size` bytes; `fresh` more follow them.
    const char* from = chunk.data() + size;
    size += fresh;
    if (const void* last = ::memrchr(from, '\n', fresh)) {
      const auto end = static_cast<std::size_t>(static_cast<const char*>(last) + 1 - chunk.data());
      carry_.assign(chunk.data() + end, size - end);
      chunk.text = {chunk.data(), end};
      chunk.bytes = end;
      return true;
    }
    if (size > line_bytes_) return skip_line(chunk, size);
    if (size == chunk.capacity()) chunk.reserve(std::min(2 * size, line_bytes_ + 1), size);
    fresh = read(chunk.data() + size, chunk.capacity() - size);
    if (fresh != 0) continue;
    if (was_stopped_ || size == 0) return false;
    chunk.text = {chunk.data(), size};
    chunk.bytes = size;
    return true;
  }
}

/// Drops the line that begins the chunk, of which `size` bytes have been read.
bool LineSplitter::skip_line(LineChunk& chunk, std::size_t size) {
  chunk.is_oversized = true;
  chunk.bytes = size;
  while (const std::size_t fresh = read(chunk.data(), chunk.capacity())) {
    const void* first = std::memchr(chunk.data(), '\n', fresh);
    if (first == nullptr) {
      chunk.bytes += fresh;
      continue;
    }
    const auto end = static_cast<std::size_t>(static_cast<const char*>(first) + 1 - chunk.data());
    chunk.bytes += end;
    carry_.assign(chunk.data() + end, fresh - end);
    return true;
  }
  return !was_stopped_;
}

std::size_t LineSplitter::read(char* into, std::size_t bytes) {
  if (has_ended_) return 0;
  const std::size_t got = source_.read({into, bytes});
  was_stopped_ = got == ByteSource::kStopped;
  has_ended_ = was_stopped_ || got == 0;
  return was_stopped_ ? 0 : got;
}

std::uint64_t count_newlines(std::string_view text) noexcept {
  // Byte-wide counters in lanes, emptied before they can overflow: a shape that both compilers turn
  // into vector code without intrinsics (std::count comes out four times slower).
  constexpr std::size_t kLanes = 64;
  constexpr std::size_t kRounds = 255;
  std::uint64_t total = 0;
  std::size_t at = 0;
  while (text.size() - at >= kLanes) {
    const std::size_t rounds = std::min(kRounds, (text.size() - at) / kLanes);
    std::array<unsigned char, kLanes> counts{};
    for (std::size_t round = 0; round < rounds; ++round, at += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        counts[lane] = static_cast<unsigned char>(counts[lane] + (text[at + lane] == '\n' ? 1 : 0));
    }
    for (const unsigned char count : counts) total += count;
  }
  for (; at < text.size(); ++at) total += text[at] == '\n' ? 1 : 0;
  return total;
}

}  // namespace sluice::internal

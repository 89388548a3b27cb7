// Buffers in which bytes of a body travel. Large ones are kept for the next body: a fresh one is 64
// page faults.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "sluice/event.hpp"

namespace sluice::ingest {

/// Some bytes, with room in front for the unfinished line of the chunk before, and behind for one
/// newline and for what a decoder may read.
///
///   | front                | bytes ...          | free | newline, padding |
///                          ^ data()             ^ data() + size()
class Chunk {
 public:
  Chunk(std::size_t front, std::size_t capacity);
  Chunk(Chunk&&) noexcept = default;
  Chunk& operator=(Chunk&&) noexcept = default;

  char* data() noexcept { return buffer_.get() + front_; }
  std::size_t front() const noexcept { return front_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }
  std::size_t room() const noexcept { return capacity_ - size_; }
  std::string_view text() const noexcept { return {buffer_.get() + front_, size_}; }
  std::span<char> free_part() noexcept { return {data() + size_, room()}; }

  /// Takes as much of `bytes` as there is room for, and says how much. Bytes that were written into
  /// free_part() are there already.
  std::size_t take(std::string_view bytes) noexcept;
  /// Bytes were written into the free part, or are cut off.
  void set_size(std::size_t size) noexcept { size_ = size; }
  /// Appends a newline, for which there always is room.
  void terminate() noexcept { data()[size_++] = '\n'; }

 private:
  std::unique_ptr<char[]> buffer_;
  std::size_t front_ = 0;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

/// Thread safety: every member, from any thread.
class ChunkPool {
 public:
  ChunkPool(std::size_t front, std::size_t capacity, std::size_t most_kept);

  std::size_t front() const noexcept { return front_; }
  std::size_t capacity() const noexcept { return capacity_; }

  /// An empty chunk of the pool's size. Errors: std::bad_alloc.
  Chunk take();
  /// Takes a chunk of the pool's size back; others end here.
  void give_back(Chunk chunk) noexcept;

 private:
  const std::size_t front_;
  const std::size_t capacity_;
  const std::size_t most_kept_;
  base::Mutex mutex_;
  std::vector<Chunk> kept_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::ingest

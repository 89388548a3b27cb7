// Memory of one Matcher's index: size classes of 8 bytes, carved from large blocks that ask for
// huge pages (a random walk over 80 MB is bound by address translation, bench/LOG.md), without a
// header per piece. A general allocator costs 8 to 16 bytes a piece here, a third of the index.
//
// Roles:      any writer inside a reclaim::Guard allocates; release() only after a grace period.
// Invariants: I1 a piece returns to its free list no earlier than a grace period after it was
// taken.
//             So a pop that read a head and its successor cannot meet the same head again (no ABA).
// Progress:   lock-free but for the first touch of a new block (the kernel).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice::internal {

class Pool {
 public:
  Pool() = default;
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Zeroed or not: the content is undefined. Aligned to 8. Errors: std::bad_alloc.
  void* allocate(std::size_t bytes);
  void release(void* piece, std::size_t bytes) noexcept;

  /// Bytes of pieces that are allocated now, as rounded up to their class.
  std::size_t used() const noexcept;

 private:
  struct Block;
  struct Free {
    std::atomic<Free*> next;
  };
  static constexpr std::size_t kLargest = 1536;  // larger pieces go to operator new
  static constexpr std::size_t kLine = 64;

  void* carve(std::size_t bytes);
  void* carve_counters();
  void push(std::size_t size_class, Free* first, Free* last) noexcept;

  std::array<std::atomic<Free*>, kLargest / 8 + 1> free_{};
  std::atomic<Block*> block_{nullptr};
  alignas(kLine) std::atomic<std::size_t> used_{0};
};

}  // namespace sluice::internal

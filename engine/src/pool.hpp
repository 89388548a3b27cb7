// Memory of one Matcher's index: size classes of 8 bytes, carved from large blocks that ask for
// huge pages, without a header per piece. A walk is bound by the cache lines and the pages that it
// touches, so what readers follow is packed as densely as it can be, in a pool of its own
// (bench/LOG.md).
//
// Roles:      any writer inside a reclaim::Guard allocates; release() only after a grace period.
// Invariants: I1 a piece returns to its free list no earlier than a grace period after it was
//             taken. So a pop that read a head and its successor cannot meet the same head again (no ABA).
// Progress:   lock-free but for the first touch of a new block (the kernel).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice::internal {

class Pool {
 public:
  /// Huge pages spare walks the translation of addresses; small ones are resident only as far as they
  /// are used.
  enum class Pages : bool { small, huge };

  explicit Pool(Pages pages = Pages::huge) noexcept : pages_(pages) {}
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Zeroed or not: the content is undefined. Aligned to 8. Errors: std::bad_alloc.
  void* allocate(std::size_t bytes);
  void release(void* piece, std::size_t bytes) noexcept;

  class Returns;

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
  void push(std::size_t size_class, Free* first, Free* last) noexcept;

  std::array<std::atomic<Free*>, kLargest / 8 + 1> free_{};
  const Pages pages_;
  std::atomic<Block*> block_{nullptr};
  alignas(kLine) std::atomic<std::size_t> used_{0};
};

/// Pieces on their way back, gathered so that a free list's head, which writers are at, is written
/// once for many of them. Thread safety: one thread at a time.
class Pool::Returns {
 public:
  explicit Returns(Pool& pool) noexcept : pool_(pool) {}
  ~Returns() { flush(); }
  Returns(const Returns&) = delete;
  Returns& operator=(const Returns&) = delete;

  void add(void* piece, std::size_t bytes) noexcept;
  void flush() noexcept;

 private:
  struct Chain {
    Free* first;
    Free* last;
  };
  Pool& pool_;
  std::size_t bytes_ = 0;
  std::array<Chain, kLargest / 8 + 1> chains_{};
};

/// A Matcher's memory. Apart, so that no line that readers load holds what they never look at.
struct Memory {
  Pool index{
      Pool::Pages::huge};  // what readers follow: nodes, subscriber sets, texts, the directory
  // What writers keep: versions of webhooks, reference counts, batches to reclaim.
  Pool ledger{Pool::Pages::small};
};

}  // namespace sluice::internal

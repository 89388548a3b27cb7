// What a channel is owed next: positions in the journal, 8 bytes each, so that millions may wait.
#pragma once

#include <cstddef>
#include <memory>

#include "journal/sequence.hpp"

namespace sluice::delivery {

/// First in, first out. It gives memory back as it drains. Thread safety: none.
class SequenceQueue {
 public:
  bool is_empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  /// Of a queue that is not empty.
  journal::Sequence front() const noexcept { return slots_[head_]; }

  void push_back(journal::Sequence sequence);
  void pop_front();
  /// Drops the newest until `size` are left; the oldest that was dropped is returned, 0 if none was.
  journal::Sequence truncate(std::size_t size);
  bool contains(journal::Sequence sequence) const noexcept;  // O(log size): they ascend

 private:
  std::size_t slot(std::size_t index) const noexcept { return (head_ + index) & (capacity_ - 1); }
  void resize(std::size_t capacity);
  void shrink();

  std::unique_ptr<journal::Sequence[]> slots_;
  std::size_t capacity_ = 0;  // a power of two, or 0
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace sluice::delivery

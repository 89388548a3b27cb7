#include "delivery/sequence_queue.hpp"

#include <utility>

namespace sluice::delivery {
namespace {

constexpr std::size_t kLeast = 8;  // one cache line

}  // namespace

void SequenceQueue::push_back(journal::Sequence sequence) {
  if (size_ == capacity_) resize(capacity_ == 0 ? kLeast : capacity_ * 2);
  slots_[slot(size_)] = sequence;
  ++size_;
}

void SequenceQueue::pop_front() {
  head_ = slot(1);
  --size_;
  shrink();
}

journal::Sequence SequenceQueue::truncate(std::size_t size) {
  if (size_ <= size) return 0;
  const journal::Sequence oldest_dropped = slots_[slot(size)];
  size_ = size;
  while (capacity_ > kLeast && size_ < capacity_ / 8) shrink();
  return oldest_dropped;
}

bool SequenceQueue::contains(journal::Sequence sequence) const noexcept {
  std::size_t low = 0;
  std::size_t high = size_;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (slots_[slot(middle)] < sequence) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < size_ && slots_[slot(low)] == sequence;
}

void SequenceQueue::resize(std::size_t capacity) {
  auto slots = std::make_unique<journal::Sequence[]>(capacity);
  for (std::size_t i = 0; i < size_; ++i) slots[i] = slots_[slot(i)];
  slots_ = std::move(slots);
  capacity_ = capacity;
  head_ = 0;
}

// Halving at an eighth keeps the cost of a push and a pop constant on average.
void SequenceQueue::shrink() {
  if (capacity_ > kLeast && size_ < capacity_ / 8) resize(capacity_ / 2);
}

}  // namespace sluice::delivery

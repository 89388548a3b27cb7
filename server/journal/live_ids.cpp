#include "journal/live_ids.hpp"

#include <algorithm>

namespace sluice::journal {

std::size_t count_given(std::span<const IndexedId> ids) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count(ids, false, &IndexedId::is_for_find_only));
}

void LiveIds::reserve(std::size_t more) {
  const base::MutexLock lock(mutex_);
  while (blocks_.size() * kBlock < size_ + more) blocks_.push_back(std::make_shared<Block>());
}

void LiveIds::add(std::span<const IndexedId> ids) noexcept {
  const base::MutexLock lock(mutex_);
  for (const IndexedId& id : ids) {
    (*blocks_[size_ / kBlock])[size_ % kBlock] = id;
    ++size_;
  }
}

LiveIds::View LiveIds::view() const {
  const base::MutexLock lock(mutex_);
  return {{blocks_.begin(), blocks_.end()}, size_};
}

std::optional<Sequence> LiveIds::find(const Fingerprint& id) const {
  const View ids = view();
  for (std::size_t i = ids.size; i > 0; --i)
    if (ids[i - 1].id == id) return ids[i - 1].sequence;
  return std::nullopt;
}

std::vector<IndexedId> LiveIds::copy() const {
  const View ids = view();
  std::vector<IndexedId> copied;
  copied.reserve(ids.size);
  for (std::size_t i = 0; i < ids.size; ++i) copied.push_back(ids[i]);
  return copied;
}

void LiveIds::clear() {
  const base::MutexLock lock(mutex_);
  blocks_.clear();
  size_ = 0;
}

}  // namespace sluice::journal

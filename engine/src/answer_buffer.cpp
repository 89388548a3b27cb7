#include "answer_buffer.hpp"

#include "subscriber_set.hpp"

namespace sluice::internal {

static_assert(sizeof(SubscriptionId) == sizeof(std::uint32_t));

void AnswerBuffer::grow(std::size_t by) {
  ids_.resize(std::max({2 * ids_.size(), size_ + by, std::size_t{256}}));
}

void AnswerBuffer::drop_doubles(std::size_t begin) noexcept {
  const std::span<SubscriptionId> ids{ids_.data() + begin, size_ - begin};
  if (!may_have_doubles(ids)) return;
  std::sort(ids.begin(), ids.end());
  size_ = begin + static_cast<std::size_t>(std::unique(ids.begin(), ids.end()) - ids.begin());
}

// A bitmap of the ids' hashes spares most results the sorting: doubles are rare.
bool AnswerBuffer::may_have_doubles(std::span<const SubscriptionId> ids) noexcept {
  if (ids.size() > kMaxFiltered) return true;
  const auto bit_of = [](SubscriptionId id) {
    return spread(static_cast<std::uint32_t>(id)) >> (32U - kFilterBits);
  };
  bool is_seen = false;
  for (const SubscriptionId id : ids) {
    std::uint64_t& word = filter_[bit_of(id) / 64];
    const std::uint64_t bit = std::uint64_t{1} << (bit_of(id) % 64);
    is_seen = is_seen || (word & bit) != 0;
    word |= bit;
  }
  for (const SubscriptionId id : ids) filter_[bit_of(id) / 64] = 0;
  return is_seen;
}

}  // namespace sluice::internal

#include "journal/id_window.hpp"

#include <algorithm>
#include <utility>

namespace sluice::journal {
namespace {

constexpr std::uint64_t kTagMask = 0xFFFF;
constexpr std::uint64_t kTags = 65'534;  // 1 to 65,534
constexpr std::uint16_t kErased = 65'535;

std::uint64_t low_of(const Fingerprint& id) noexcept { return id.low & ~kTagMask; }

std::size_t shard_of(const Fingerprint& id) noexcept { return id.high >> 56U; }

/// Spreads the fingerprint over any number of slots below 2^32. Source: D. Lemire, "Fast random integer generation
/// in an interval", ACM TOMACS 29 (2019).
std::size_t home_of(std::uint64_t high, std::size_t slots) noexcept {
  return static_cast<std::size_t>(((high >> 24U & 0xFFFF'FFFFU) * slots) >> 32U);
}

}  // namespace

IdWindow::Tag IdWindow::tag_of(std::uint64_t generation) const noexcept {
  return static_cast<Tag>(generation % kTags + 1);
}

bool IdWindow::is_live(Tag tag) const noexcept {
  if (tag == 0 || tag == kErased) return false;
  const std::uint64_t age = (newest_generation_ % kTags + kTags - (tag - 1U)) % kTags;
  return age < generations_.size();
}

void IdWindow::advance(base::Time now) {
  now_ = std::max(now_, now);
  if (ids_ == 0) return;
  const bool is_full = !generations_.empty() && generations_.back().size >= ids_ / kGenerations + 1;
  const bool is_old = now_ - begun_ >= age_ / static_cast<std::int64_t>(kGenerations);
  if (generations_.empty() || is_full || (is_old && generations_.back().size > 0))
    begin_generation();
  forget_old();
}

void IdWindow::begin_generation() {
  // One shard a generation: each is cleaned long before tags come round again.
  move(shards_[(newest_generation_ + 1) % kShards]);
  generations_.push_back({now_, 0});
  ++newest_generation_;
  begun_ = now_;
}

void IdWindow::forget_old() {
  while (generations_.size() > 1) {
    const Generation& oldest = generations_.front();
    if (size_ - oldest.size < ids_ && oldest.newest + age_ >= now_) return;
    size_ -= oldest.size;
    generations_.pop_front();
  }
}

/// Into a table of the size that fits, without what is forgotten.
void IdWindow::move(Shard& shard) {
  const auto live = static_cast<std::size_t>(std::ranges::count_if(
      shard.slots,
      [&](const Slot& slot) { return is_live(static_cast<Tag>(slot.low_and_tag & kTagMask)); }));
  if (live == 0) {
    shard = {};
    return;
  }
  Shard moved;
  moved.slots.resize(live + live * 2 / 3 + 8);  // 60 % full
  moved.used = live;
  for (const Slot& slot : shard.slots) {
    if (!is_live(static_cast<Tag>(slot.low_and_tag & kTagMask))) continue;
    std::size_t at = home_of(slot.high, moved.slots.size());
    while (moved.slots[at].low_and_tag != 0) at = at + 1 == moved.slots.size() ? 0 : at + 1;
    moved.slots[at] = slot;
  }
  shard = std::move(moved);
}

void IdWindow::prefetch(const Fingerprint& id) const noexcept {
  const Shard& shard = shards_[shard_of(id)];
  if (!shard.slots.empty())
    __builtin_prefetch(shard.slots.data() + home_of(id.high, shard.slots.size()), 1);
}

bool IdWindow::insert(const Fingerprint& id) {
  if (ids_ == 0) return true;
  if (generations_.empty() || generations_.back().size >= ids_ / kGenerations + 1) advance(now_);
  Shard& shard = shards_[shard_of(id)];
  if (shard.used * 4 >= shard.slots.size() * 3) move(shard);
  if (shard.slots.empty()) shard.slots.resize(8);
  Slot* free = nullptr;
  std::size_t at = home_of(id.high, shard.slots.size());
  for (;; at = at + 1 == shard.slots.size() ? 0 : at + 1) {
    Slot& slot = shard.slots[at];
    if (slot.low_and_tag == 0) break;
    const bool is_this = slot.high == id.high && (slot.low_and_tag & ~kTagMask) == low_of(id);
    if (is_live(static_cast<Tag>(slot.low_and_tag & kTagMask))) {
      if (is_this) return false;
    } else if (free == nullptr) {
      free = &slot;
    }
  }
  if (free == nullptr) {
    free = &shard.slots[at];
    ++shard.used;
  }
  *free = {id.high, low_of(id) | tag_of(newest_generation_)};
  generations_.back().newest = now_;
  ++generations_.back().size;
  ++size_;
  return true;
}

IdWindow::Slot* IdWindow::find(const Fingerprint& id) noexcept {
  Shard& shard = shards_[shard_of(id)];
  if (shard.slots.empty()) return nullptr;
  std::size_t at = home_of(id.high, shard.slots.size());
  for (;; at = at + 1 == shard.slots.size() ? 0 : at + 1) {
    Slot& slot = shard.slots[at];
    if (slot.low_and_tag == 0) return nullptr;
    const bool is_this = slot.high == id.high && (slot.low_and_tag & ~kTagMask) == low_of(id);
    if (is_this && is_live(static_cast<Tag>(slot.low_and_tag & kTagMask))) return &slot;
  }
}

void IdWindow::erase(const Fingerprint& id) noexcept {
  Slot* const slot = find(id);
  if (slot == nullptr) return;
  const auto tag = static_cast<Tag>(slot->low_and_tag & kTagMask);
  const std::uint64_t age = (newest_generation_ % kTags + kTags - (tag - 1U)) % kTags;
  --generations_[generations_.size() - 1 - age].size;
  --size_;
  slot->low_and_tag = low_of(id) | kErased;
}

std::size_t IdWindow::bytes() const noexcept {
  std::size_t bytes = 0;
  for (const Shard& shard : shards_) bytes += shard.slots.capacity() * sizeof(Slot);
  return bytes;
}

}  // namespace sluice::journal

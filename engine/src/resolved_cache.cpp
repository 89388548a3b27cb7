#include "resolved_cache.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include "hash.hpp"

namespace sluice::internal {

namespace {

constexpr std::size_t kLeastBytes = 4096;  // fewer would hold no entry of the usual size

constexpr std::size_t words_for(std::size_t bytes) { return (bytes + 7) / 8; }
constexpr std::size_t padded_bytes(std::size_t bytes) { return words_for(bytes) * 8; }

}  // namespace

ResolvedCache::ResolvedCache(std::size_t bytes) {
  if (bytes == 0) return;
  bytes = std::max(bytes, kLeastBytes);
  // An eighth for slots and what was seen: a slot for 128 bytes of entries is enough for names of
  // any usual length.
  const std::size_t sets = std::bit_floor(bytes / 8 / (kWays * 10));
  set_mask_ = sets - 1;
  const std::size_t slots = sets * kWays;
  const std::size_t ring_words = (bytes - slots * 10) / 8;
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc{};
  memory_ = std::unique_ptr<std::uint64_t[], Unmapped>{static_cast<std::uint64_t*>(memory),
                                                       Unmapped{bytes}};
  slots_ = memory_.get();
  ring_ = slots_ + slots;
  ring_words_ = ring_words;
  seen_ = reinterpret_cast<std::uint16_t*>(ring_ + ring_words);
  end_ = ring_words_;  // so that a slot of 0 is older than everything
}

void ResolvedCache::Unmapped::operator()(std::uint64_t* memory) const noexcept {
  munmap(memory, bytes);
}

std::uint64_t* ResolvedCache::set_of(std::uint64_t hash) const noexcept {
  return &slots_[(hash & set_mask_) * kWays];
}

const ResolvedCache::Header* ResolvedCache::live_entry(std::uint64_t slot) const noexcept {
  const std::uint64_t position = slot & ((std::uint64_t{1} << kPositionBits) - 1);
  // 40 bits of words are 8 TiB of entries; the comparison is modulo that.
  const std::uint64_t age = (end_ - position) & ((std::uint64_t{1} << kPositionBits) - 1);
  if (age > ring_words_ || position == 0) return nullptr;
  return reinterpret_cast<const Header*>(&ring_[(end_ - age) % ring_words_]);
}

void ResolvedCache::prefetch_slots(std::uint64_t hash) const noexcept {
  __builtin_prefetch(set_of(hash));
}

void ResolvedCache::prefetch_entry(std::uint64_t hash) const noexcept {
  const std::uint64_t* const set = set_of(hash);
  for (unsigned way = 0; way < kWays; ++way) {
    if (set[way] >> kPositionBits != tag_of(hash)) continue;
    if (const Header* const entry = live_entry(set[way]); entry != nullptr) {
      __builtin_prefetch(entry);
      __builtin_prefetch(reinterpret_cast<const char*>(entry) + 64);
    }
  }
}

ResolvedCache::Found ResolvedCache::find(std::uint64_t hash, std::uint64_t stamp, const char* name,
                                         std::size_t size) const noexcept {
  const std::uint64_t* const set = set_of(hash);
  for (unsigned way = 0; way < kWays; ++way) {
    if (set[way] >> kPositionBits != tag_of(hash)) continue;
    const Header* const entry = live_entry(set[way]);
    if (entry == nullptr || entry->stamp != stamp || entry->name_bytes != size) continue;
    const auto* const own_name = reinterpret_cast<const char*>(entry + 1);
    if (!is_same_text(name, own_name, size)) continue;
    return {reinterpret_cast<const std::uint32_t*>(own_name + padded_bytes(size)), entry->id_count};
  }
  return {};
}

void ResolvedCache::insert(std::uint64_t hash, std::uint64_t stamp, const char* name,
                           std::size_t size, std::span<const std::uint32_t> ids) noexcept {
  const std::size_t words =
      (sizeof(Header) + padded_bytes(size)) / 8 + words_for(ids.size() * sizeof(std::uint32_t));
  if (words > ring_words_ / 16) return;  // one large result must not push out everything else
  std::uint16_t& seen = seen_[(hash >> 8U) & (set_mask_ * kWays + kWays - 1)];
  const auto mark = static_cast<std::uint16_t>(hash >> 48U);
  if (seen != mark) {
    seen = mark;
    return;
  }
  const std::uint64_t left = ring_words_ - end_ % ring_words_;
  if (left < words) end_ += left;  // an entry does not wrap around
  std::uint64_t* const set = set_of(hash);
  std::uint64_t* victim = set;
  std::uint64_t oldest = 0;
  for (unsigned way = 0; way < kWays; ++way) {
    const std::uint64_t position = set[way] & ((std::uint64_t{1} << kPositionBits) - 1);
    const std::uint64_t age = (end_ - position) & ((std::uint64_t{1} << kPositionBits) - 1);
    const Header* const entry = live_entry(set[way]);
    // The name's own entry of an older state goes first.
    const bool is_own = entry != nullptr && set[way] >> kPositionBits == tag_of(hash) &&
                        entry->name_bytes == size &&
                        is_same_text(name, reinterpret_cast<const char*>(entry + 1), size);
    if (is_own || age > oldest) {
      victim = &set[way];
      oldest = is_own ? ~std::uint64_t{0} : age;
    }
  }
  std::uint64_t* to = &ring_[end_ % ring_words_];
  const Header header{stamp, static_cast<std::uint32_t>(ids.size()),
                      static_cast<std::uint32_t>(size)};
  std::memcpy(to, &header, sizeof(header));
  to += sizeof(Header) / 8;
  std::memcpy(to, name, size);
  to += words_for(size);
  if (!ids.empty()) std::memcpy(to, ids.data(), ids.size_bytes());
  *victim = (tag_of(hash) << kPositionBits) | (end_ & ((std::uint64_t{1} << kPositionBits) - 1));
  end_ += words;
}

}  // namespace sluice::internal

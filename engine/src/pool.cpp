#include "pool.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace sluice::internal {

namespace {

constexpr std::size_t kFirstBlock = std::size_t{64} << 10U;
constexpr std::size_t kHugePage = std::size_t{2} << 20U;

constexpr std::size_t rounded(std::size_t bytes) { return (bytes + 7) & ~std::size_t{7}; }

// Under a sanitizer every piece is an allocation of its own, so that a use after release shows.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCarves = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kCarves = false;
#else
constexpr bool kCarves = true;
#endif
#else
constexpr bool kCarves = true;
#endif

}  // namespace

struct Pool::Block {
  Block* previous;
  std::size_t mapped;             // bytes, from `base`
  std::byte* base;                // what munmap takes
  std::size_t size;               // bytes that can be carved, this header included
  std::atomic<std::size_t> used;  // writers add; what is beyond `size` failed
};

Pool::~Pool() {
  // relaxed: the owner has made sure that no other thread is left.
  for (Block* block = block_.load(std::memory_order_relaxed); block != nullptr;) {
    Block* const previous = block->previous;
    munmap(block->base, block->mapped);
    block = previous;
  }
}

void* Pool::allocate(std::size_t bytes) {
  bytes = rounded(bytes);
  void* piece = nullptr;
  if (!kCarves || bytes > kLargest) {
    piece = ::operator new(bytes);
  } else {
    std::atomic<Free*>& head = free_[bytes / 8];
    // sync[P1] acquire -> P2: the successor was written before the piece was pushed.
    Free* first = head.load(std::memory_order_acquire);
    while (first != nullptr) {
      // relaxed: if another pop took `first`, this value is garbage, and the exchange fails (I1).
      Free* const next = first->next.load(std::memory_order_relaxed);
      // relaxed: a pop publishes nothing. On failure, as P1: the new head was published by P2.
      if (head.compare_exchange_weak(first, next, std::memory_order_relaxed,
                                     std::memory_order_acquire)) {
        break;
      }
    }
    piece = first != nullptr ? first : carve(bytes);
  }
  // relaxed: a statistic.
  used_.fetch_add(bytes, std::memory_order_relaxed);
  return piece;
}

void Pool::release(void* piece, std::size_t bytes) noexcept {
  bytes = rounded(bytes);
  // relaxed: a statistic.
  used_.fetch_sub(bytes, std::memory_order_relaxed);
  if (!kCarves || bytes > kLargest) {
    ::operator delete(piece);
    return;
  }
  Free* const free = ::new (piece) Free{nullptr};
  push(bytes / 8, free, free);
}

void Pool::Returns::add(void* piece, std::size_t bytes) noexcept {
  bytes = rounded(bytes);
  if (!kCarves || bytes > kLargest) return pool_.release(piece, bytes);
  bytes_ += bytes;
  Chain& chain = chains_[bytes / 8];
  chain.first = ::new (piece) Free{chain.first};
  if (chain.last == nullptr) chain.last = chain.first;
}

void Pool::Returns::flush() noexcept {
  for (std::size_t i = 0; i < chains_.size(); ++i) {
    if (chains_[i].first == nullptr) continue;
    pool_.push(i, chains_[i].first, chains_[i].last);
    chains_[i] = {};
  }
  // relaxed: a statistic.
  pool_.used_.fetch_sub(bytes_, std::memory_order_relaxed);
  bytes_ = 0;
}

void Pool::push(std::size_t size_class, Free* first, Free* last) noexcept {
  std::atomic<Free*>& head = free_[size_class];
  // relaxed: only compared and stored; who pops it later synchronises with its own push.
  Free* next = head.load(std::memory_order_relaxed);
  do {
    // relaxed: published by the exchange below.
    last->next.store(next, std::memory_order_relaxed);
    // sync[P2] release -> P1: the links of the chain are complete before it can be popped.
  } while (!head.compare_exchange_weak(next, first, std::memory_order_release,
                                       std::memory_order_relaxed));  // relaxed: tried again
}

void* Pool::carve(std::size_t bytes) {
  for (;;) {
    // sync[P3] acquire -> P4: the block's header is complete.
    Block* const block = block_.load(std::memory_order_acquire);
    if (block != nullptr) {
      // relaxed: the addition alone hands out disjoint ranges.
      const std::size_t at = block->used.fetch_add(bytes, std::memory_order_relaxed);
      if (at + bytes <= block->size) return reinterpret_cast<std::byte*>(block) + at;
    }
    const std::size_t size = block == nullptr ? kFirstBlock : std::min(block->size * 2, kHugePage);
    const bool is_huge = pages_ == Pages::huge && size == kHugePage;
    const std::size_t mapped = is_huge ? 2 * kHugePage : size;
    void* const base = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) throw std::bad_alloc{};
    auto* begin = static_cast<std::byte*>(base);
    if (is_huge) {
      const auto address = reinterpret_cast<std::uintptr_t>(base);
      begin += ((address + kHugePage - 1) & ~(kHugePage - 1)) - address;
      madvise(begin, kHugePage, MADV_HUGEPAGE);  // a hint: where it is refused, pages stay small
    }
    Block* const fresh =
        ::new (begin) Block{block, mapped, static_cast<std::byte*>(base), size, {}};
    // relaxed: published by the exchange below.
    fresh->used.store((sizeof(Block) + kLine - 1) & ~(kLine - 1), std::memory_order_relaxed);
    Block* expected = block;
    // sync[P4] release -> P3: the block's header is complete before anybody carves it.
    if (!block_.compare_exchange_strong(expected, fresh, std::memory_order_release,
                                        std::memory_order_relaxed)) {  // relaxed: given back
      munmap(base, mapped);
    }
  }
}

// relaxed: a statistic.
std::size_t Pool::used() const noexcept { return used_.load(std::memory_order_relaxed); }

}  // namespace sluice::internal

// The callers' ids of a segment that has no index file yet, so that they can be found meanwhile.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/mutex.hpp"
#include "journal/fingerprint.hpp"
#include "journal/sequence.hpp"

namespace sluice::journal {

struct IndexedId {
  Fingerprint id;
  Sequence sequence = 0;
  bool is_for_find_only = false;  // it makes no duplicate, see GivenId
};

/// How many events of `ids` there are: each once, though it may be found by two.
std::size_t count_given(std::span<const IndexedId> ids) noexcept;

/// Thread safety: reserve() and add() from one thread; the others from any.
class LiveIds {
 public:
  /// Makes room, so that add() needs none. Errors: std::bad_alloc.
  void reserve(std::size_t more);
  /// Precondition: reserve()d.
  void add(std::span<const IndexedId> ids) noexcept;

  /// The newest. Complexity: O(ids), without delaying add().
  std::optional<Sequence> find(const Fingerprint& id) const;
  /// All of them, in the order of their sequences.
  std::vector<IndexedId> copy() const;
  void clear();

 private:
  static constexpr std::size_t kBlock = 4096;
  using Block = std::array<IndexedId, kBlock>;

  /// What is there now; later adds write behind it.
  struct View {
    std::vector<std::shared_ptr<const Block>> blocks;
    std::size_t size = 0;
    const IndexedId& operator[](std::size_t i) const { return (*blocks[i / kBlock])[i % kBlock]; }
  };
  View view() const;

  mutable base::Mutex mutex_;
  std::vector<std::shared_ptr<Block>> blocks_ SLUICE_GUARDED_BY(mutex_);
  std::size_t size_ SLUICE_GUARDED_BY(mutex_) = 0;  // of what add() has finished
};

}  // namespace sluice::journal

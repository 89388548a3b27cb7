// Tells which events of a batch were there before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "journal/batch.hpp"
#include "journal/id_window.hpp"
#include "journal/live_ids.hpp"

namespace sluice::journal {

/// What a group of batches brings: judged before it is written, taken back when it cannot be.
/// Thread safety: one thread at a time.
class DuplicateFilter {
 public:
  explicit DuplicateFilter(IdWindow window) noexcept : window_(std::move(window)) {}

  /// Begins a group.
  void start(base::Time now);

  /// Remembers the ids of `batch`, whose first event gets `first`, and gives the indexes of its
  /// duplicates, ascending. They live until the group's end. Errors: std::bad_alloc, and then
  /// nothing of the batch is remembered.
  std::span<const std::uint32_t> judge(const Batch& batch, std::uint64_t first);

  /// The ids that the group has brought, by sequence.
  std::span<const IndexedId> added() const noexcept { return added_; }
  /// Forgets them again.
  void take_back() noexcept;

  std::size_t size() const noexcept { return window_.size(); }

 private:
  void take_back_behind(std::size_t kept) noexcept;

  IdWindow window_;
  std::vector<IndexedId> added_;
  std::vector<std::vector<std::uint32_t>> duplicates_;  // a list a batch; kept for their memory
  std::size_t batches_ = 0;
};

}  // namespace sluice::journal

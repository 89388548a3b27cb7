// The callers' ids that were seen lately: what makes a repeated event a duplicate.
//
// Open addressing over 16-byte slots, 112 bits of fingerprint and 16 of generation, in 256 shards that
// grow on their own, so that no insert ever waits for the whole table to be moved. Ids are forgotten
// by generation, a 128th of the window each: its slots are then free to be taken, and go away when
// their shard is next moved.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/time.hpp"
#include "journal/fingerprint.hpp"

namespace sluice::journal {

/// Thread safety: one thread at a time.
class IdWindow {
 public:
  /// Remembers ids for `age`, and the `ids` newest of them (a 128th longer, and more, at most). With
  /// `ids` 0 it remembers nothing. Memory: 21 to 27 bytes an id.
  IdWindow(std::chrono::microseconds age, std::size_t ids) noexcept : age_(age), ids_(ids) {}

  /// It is `now`, if that is later than it was: forgets what is old. Errors: std::bad_alloc.
  void advance(base::Time now);

  /// Fetches what insert() will look at.
  void prefetch(const Fingerprint& id) const noexcept;

  /// False: it is remembered already. Complexity: O(1) expected. Errors: std::bad_alloc, and then
  /// nothing has changed.
  bool insert(const Fingerprint& id);

  /// Takes back an insert() that was true, and not long ago.
  void erase(const Fingerprint& id) noexcept;

  std::size_t size() const noexcept { return size_; }
  /// Of the table.
  std::size_t bytes() const noexcept;

 private:
  static constexpr std::size_t kShards = 256;
  static constexpr std::size_t kGenerations = 128;  // of a full window

  using Tag = std::uint16_t;  // of a generation; 0: the slot is empty

  struct Slot {
    std::uint64_t high = 0;
    std::uint64_t low_and_tag = 0;
  };

  struct Shard {
    std::vector<Slot> slots;
    std::size_t used = 0;  // slots that are not empty
  };

  struct Generation {
    base::Time newest;
    std::size_t size;
  };

  Tag tag_of(std::uint64_t generation) const noexcept;
  bool is_live(Tag tag) const noexcept;
  void begin_generation();
  void forget_old();
  void move(Shard& shard);
  Slot* find(const Fingerprint& id) noexcept;

  std::chrono::microseconds age_;
  std::size_t ids_;
  std::array<Shard, kShards> shards_;
  std::deque<Generation> generations_;  // of ids that are remembered; the last is filled
  std::uint64_t newest_generation_ = 0;
  base::Time begun_{};  // the newest generation
  base::Time now_{};
  std::size_t size_ = 0;
};

}  // namespace sluice::journal

// The deliveries of one channel that wait for their next attempt: the next few in memory, the rest in
// the records, paged in by when they are due. A dead receiver may so have millions of them.
//
//   | in memory, ascending ...... | horizon | in the records only ............ |
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "delivery/delivery_records.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class WaitingBook {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kPage = 16;         // entries that are read at once
  static constexpr std::size_t kMost = 2 * kPage;  // entries in memory

  struct Entry {
    TimePoint due{};      // by the clock that does not jump
    base::Time due_at{};  // as the records have it
    std::vector<journal::Sequence> events;
    std::uint32_t attempts = 0;
    std::uint32_t made = 0;
    std::string recipients = {};  // RecipientOutcomes

    journal::Sequence first() const { return events.front(); }
  };

  /// Forgets what is in memory when the order changes: it is paged in anew.
  void set_order(WaitingOrder order);

  /// All that the records hold are known to be `count`; none of them is in memory.
  void begin(std::uint64_t count);

  bool is_empty() const noexcept { return entries_.empty() && !has_more_; }
  /// How many wait, in memory or not, about.
  std::uint64_t count() const noexcept { return count_; }

  /// The next one, if it is in memory.
  const Entry* next() const noexcept { return entries_.empty() ? nullptr : &entries_.front(); }
  /// Takes the next one out; it is still in the records, and counts until settle().
  Entry take();
  /// Takes out the one of this first event, if it is in memory; in the records it still is.
  bool erase(journal::Sequence first);
  /// One that was taken has ended.
  void settle() noexcept { count_ -= count_ > 0 ? 1 : 0; }

  /// One that is durable in the records; it replaces an earlier one of the same first event.
  /// `was_taken`: it was taken and comes back, so that it is counted already.
  void insert(Entry entry, bool was_taken);

  /// What to read from the records.
  struct PageRequest {
    WaitingOrder order = WaitingOrder::due;
    std::optional<WaitingKey> after;  // nothing: from the beginning
    std::uint32_t generation = 0;     // of the book; a page of an older one is dropped
  };

  /// Whether a page is to be read now.
  bool wants_page() const noexcept { return entries_.empty() && has_more_ && !is_reading_; }
  PageRequest begin_page();
  /// The page, of at most kPage entries. `taken` are the first events of deliveries that were taken
  /// and have not ended.
  void add_page(std::vector<Entry> page, std::uint32_t generation,
                std::span<const journal::Sequence> taken);

 private:
  bool is_before(const WaitingKey& one, const WaitingKey& other) const;
  void place(Entry entry);
  void forget_beyond_most();

  std::vector<Entry> entries_;
  std::optional<WaitingKey> horizon_;  // what is in the records only lies behind it
  std::uint64_t count_ = 0;
  std::uint32_t generation_ = 0;
  WaitingOrder order_ = WaitingOrder::due;
  bool has_more_ = false;
  bool is_reading_ = false;
};

}  // namespace sluice::delivery

// Gathers what changed in a turn of the loop and writes it at once, before anything new is sent: what
// a crash can send twice is so what was in flight, and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <system_error>
#include <vector>

#include "delivery/delivery_channel.hpp"
#include "delivery/progress_store.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class ProgressWriter {
 public:
  explicit ProgressWriter(ProgressStore& store) : store_(store) {}

  void touch(DeliveryChannel& channel);
  /// The channel is about to end: its entry goes.
  void erase(DeliveryChannel& channel);
  void erase(std::uint32_t webhook, std::uint32_t channel);

  /// Whether something other than the feed's position is to be written.
  bool has_news() const noexcept { return has_news_; }
  /// Whether entries can end as soon as the feed's position moves.
  bool awaits_feed() const noexcept { return !changed_.empty(); }
  /// Writes the news. Everything below `fed_below` has been given to its channels; to those that are
  /// known, everything below `feed_position`. An error: the same is written next time.
  std::error_code flush(journal::Sequence fed_below, journal::Sequence feed_position);

  journal::Sequence written_fed_below() const noexcept { return written_fed_below_; }

 private:
  ProgressStore& store_;
  std::vector<DeliveryChannel*> changed_;
  std::vector<ChannelProgress> erased_;
  std::vector<ChannelProgress> entries_;  // of one flush
  journal::Sequence written_fed_below_ = 0;
  bool has_news_ = false;
};

}  // namespace sluice::delivery

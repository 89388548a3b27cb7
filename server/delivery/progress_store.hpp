// How far delivery has come, as it must be known after a restart. Only channels that are owed
// something have an entry, so that its size follows the work and not the number of webhooks:
//
//   done ... done  [1200..1200]  done  [1207..1301]  done  | 1302 ...
//                   `open`              `open`             `frontier`
#pragma once

#include <cstdint>
#include <span>
#include <system_error>
#include <vector>

#include "delivery/sequence_range.hpp"
#include "journal/sequence.hpp"

namespace sluice::delivery {

struct ChannelProgress {
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  bool is_idle = false;             // nothing is owed below the feed's position: the entry ends
  journal::Sequence frontier = 0;   // below it everything is done, but for what is open
  std::vector<SequenceRange> open;  // ascending, disjoint; of a batch, what it was made from
};

struct DeliveryProgress {
  journal::Sequence fed_below = 1;  // channels without an entry have everything below it
  std::vector<ChannelProgress> channels;
};

/// Thread safety: one thread at a time.
class ProgressStore {
 public:
  virtual ~ProgressStore() = default;
  ProgressStore(const ProgressStore&) = delete;
  ProgressStore& operator=(const ProgressStore&) = delete;

  /// What was written last, or nothing ever: then everything that the journal keeps is owed.
  virtual DeliveryProgress restore() = 0;

  /// Replaces the entries of `channels`, and then the feed's position: whoever sees the position
  /// sees the entries too. It survives the end of the process; a power cut may take back the last
  /// writes, in their order. After an error the same is to be written again, before anything else.
  virtual std::error_code write(std::span<const ChannelProgress> channels,
                                journal::Sequence fed_below) = 0;

 protected:
  ProgressStore() = default;
};

}  // namespace sluice::delivery

// The progress of a simulation: it survives the process; a power cut takes back the last writes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "delivery/progress_store.hpp"

namespace sluice::testkit {

class SimProgress final : public delivery::ProgressStore {
 public:
  delivery::DeliveryProgress restore() override {
    delivery::DeliveryProgress progress;
    progress.fed_below = state.fed_below;
    for (const auto& [channel, entry] : state.channels) progress.channels.push_back(entry);
    return progress;
  }

  std::error_code write(std::span<const delivery::ChannelProgress> channels,
                        journal::Sequence fed_below) override {
    was_refused = fails_to_write;
    if (fails_to_write) return std::make_error_code(std::errc::no_space_on_device);
    ++writes;
    if (keeps_history) history.push_back(state);
    if (history.size() > 50) history.pop_front();
    for (const delivery::ChannelProgress& channel : channels) {
      if (channel.is_idle) {
        state.channels.erase(channel.channel);
      } else {
        state.channels[channel.channel] = channel;
      }
    }
    state.fed_below = fed_below;
    if (on_write) on_write(channels);
    return {};
  }

  /// Whether a restart would take the event for done.
  bool is_done(std::uint32_t channel, journal::Sequence sequence) const {
    if (sequence >= state.fed_below) {
      const auto entry = state.channels.find(channel);
      return entry != state.channels.end() && sequence < entry->second.frontier &&
             !is_open(entry->second, sequence);
    }
    const auto entry = state.channels.find(channel);
    if (entry == state.channels.end()) return true;
    return sequence < entry->second.frontier && !is_open(entry->second, sequence);
  }

  struct State {
    journal::Sequence fed_below = 1;
    std::map<std::uint32_t, delivery::ChannelProgress> channels;
  };
  State state;
  std::deque<State> history;
  std::function<void(std::span<const delivery::ChannelProgress>)> on_write;
  std::uint64_t writes = 0;
  bool keeps_history = false;
  bool fails_to_write = false;
  bool was_refused = false;  // the last write failed

 private:
  static bool is_open(const delivery::ChannelProgress& entry, journal::Sequence sequence) {
    for (const delivery::SequenceRange& range : entry.open)
      if (range.contains(sequence)) return true;
    return false;
  }
};

}  // namespace sluice::testkit

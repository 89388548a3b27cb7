// The records of a simulation: what has been written is durable, and survives the process.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "delivery/delivery_records.hpp"

namespace sluice::testkit {

class SimRecords final : public delivery::DeliveryRecords {
 public:
  using Key = std::pair<std::uint32_t, journal::Sequence>;  // channel, first event

  void write(std::span<const delivery::RecordChange> changes) override {
    if (fails_to_write) throw std::runtime_error("the disk is full");
    for (const delivery::RecordChange& change : changes) {
      std::visit([this](const auto& each) { apply(each); }, change);
      if (on_change) on_change(change);
    }
  }

  std::vector<delivery::WaitingSummary> waiting_channels() override {
    std::map<std::uint32_t, delivery::WaitingSummary> found;
    for (const auto& [key, row] : waiting_rows) {
      delivery::WaitingSummary& summary = found[key.first];
      summary.webhook = row.webhook;
      summary.channel = key.first;
      ++summary.count;
    }
    std::vector<delivery::WaitingSummary> all;
    for (const auto& [channel, summary] : found) all.push_back(summary);
    return all;
  }

  std::vector<delivery::WaitingDelivery> waiting(std::uint32_t channel,
                                                 delivery::WaitingOrder order,
                                                 std::optional<delivery::WaitingKey> after,
                                                 std::size_t limit) override {
    std::vector<delivery::WaitingDelivery> rows;
    const bool by_due = order == delivery::WaitingOrder::due;
    const auto key = [by_due](base::Time due, journal::Sequence first) {
      return std::pair{by_due ? due : base::Time{}, first};
    };
    for (auto row = waiting_rows.lower_bound({channel, 0});
         row != waiting_rows.end() && row->first.first == channel; ++row) {
      if (after && key(row->second.due_at, row->first.second) <= key(after->due_at, after->first))
        continue;
      rows.push_back(row->second);
    }
    std::sort(rows.begin(), rows.end(), [&](const auto& one, const auto& other) {
      return key(one.due_at, one.first()) < key(other.due_at, other.first());
    });
    if (rows.size() > limit) rows.resize(limit);
    return rows;
  }

  std::optional<delivery::OldestOwed> oldest_waiting() override {
    std::optional<delivery::OldestOwed> oldest;
    for (const auto& [key, row] : waiting_rows)
      if (!oldest || key.second < oldest->event) oldest = {key.second, row.webhook};
    return oldest;
  }

  std::vector<delivery::WaitingDelivery> waiting_below(journal::Sequence below,
                                                       std::optional<delivery::OldestKey> after,
                                                       std::size_t limit) override {
    const delivery::OldestKey from = after.value_or(delivery::OldestKey{});
    std::map<std::pair<journal::Sequence, std::uint32_t>, const delivery::WaitingDelivery*> found;
    for (const auto& [key, row] : waiting_rows) {
      const std::pair place{key.second, key.first};
      if (key.second < below && place > std::pair{from.first, from.channel}) found[place] = &row;
    }
    std::vector<delivery::WaitingDelivery> rows;
    for (const auto& [place, row] : found)
      if (rows.size() < limit) rows.push_back(*row);
    return rows;
  }

  std::vector<delivery::SequenceRange> settled(std::uint32_t channel,
                                               delivery::SequenceRange range) override {
    std::vector<delivery::SequenceRange> found;
    collect(waiting_rows, channel, range, found);
    collect(dead_rows, channel, range, found);
    return found;
  }

  std::optional<delivery::KnownDelivery> known(std::uint32_t channel,
                                               journal::Sequence first) override {
    using delivery::KnownDelivery;
    if (const auto row = waiting_rows.find({channel, first}); row != waiting_rows.end())
      return KnownDelivery{row->second.events, row->second.made, row->second.recipients};
    if (const auto row = dead_rows.find({channel, first}); row != dead_rows.end())
      return KnownDelivery{row->second.events, row->second.attempts, row->second.recipients};
    const auto newest = std::find_if(attempts.rbegin(), attempts.rend(), [&](const auto& each) {
      return each.channel == channel && !each.events.empty() && each.events.front() == first;
    });
    if (newest == attempts.rend()) return std::nullopt;
    return KnownDelivery{newest->events, newest->attempt, {}};
  }

  std::vector<delivery::DeadDelivery> dead(std::uint32_t webhook, base::Time since,
                                           base::Time until, std::optional<delivery::DeadKey> after,
                                           std::size_t limit) override {
    std::vector<delivery::DeadDelivery> rows;
    const auto key = [](const delivery::DeadDelivery& row) {
      return std::pair{row.events.front(), row.channel};
    };
    for (const auto& [channel, row] : dead_rows) {
      if (row.webhook != webhook || row.accepted_at < since || row.accepted_at >= until) continue;
      if (after && key(row) <= std::pair{after->first, after->channel}) continue;
      rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(),
              [&](const auto& one, const auto& other) { return key(one) < key(other); });
    if (rows.size() > limit) rows.resize(limit);
    return rows;
  }

  void forget_beyond(journal::Sequence committed) override {
    cut_beyond(waiting_rows, committed);
    cut_beyond(dead_rows, committed);
  }
  void prune(const std::stop_token&) override {}

  std::map<Key, delivery::WaitingDelivery> waiting_rows;
  std::map<Key, delivery::DeadDelivery> dead_rows;
  std::vector<delivery::AttemptRecord> attempts;  // when they are kept
  std::map<std::uint32_t, delivery::HealthRecord> health;
  std::map<std::uint32_t, std::string> disabled;
  std::function<void(const delivery::RecordChange&)> on_change;
  bool keeps_attempts = false;
  bool fails_to_write = false;

 private:
  template <class Rows>
  static void collect(const Rows& rows, std::uint32_t channel, delivery::SequenceRange range,
                      std::vector<delivery::SequenceRange>& found) {
    for (auto row = rows.lower_bound({channel, range.first});
         row != rows.end() && row->first <= Key{channel, range.last}; ++row) {
      found.push_back({row->second.events.front(), row->second.events.back()});
    }
  }

  template <class Rows>
  static void cut_beyond(Rows& rows, journal::Sequence committed) {
    std::erase_if(rows, [committed](const auto& row) { return row.first.second > committed; });
    for (auto& [key, row] : rows)
      std::erase_if(row.events, [committed](journal::Sequence event) { return event > committed; });
  }

  void apply(const delivery::AttemptRecord& attempt) {
    if (keeps_attempts) attempts.push_back(attempt);
  }
  void apply(const delivery::WaitingDelivery& row) {
    waiting_rows[{row.channel, row.first()}] = row;
    dead_rows.erase({row.channel, row.first()});
  }
  void apply(const delivery::DeliveredAfterWaiting& row) {
    waiting_rows.erase({row.channel, row.first});
  }
  void apply(const delivery::DeadDelivery& row) {
    dead_rows[{row.channel, row.events.front()}] = row;
    waiting_rows.erase({row.channel, row.events.front()});
  }
  void apply(const delivery::ChannelGone& gone) {
    std::erase_if(waiting_rows,
                  [&gone](const auto& row) { return row.first.first == gone.channel; });
  }
  void apply(const delivery::HealthRecord& record) { health[record.webhook] = record; }
  void apply(const delivery::DisabledWebhook& webhook) {
    disabled[webhook.webhook] = webhook.reason;
  }
};

}  // namespace sluice::testkit

// A sink that keeps what it is given in memory, and commits when the test says so.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "ingest/event_sink.hpp"
#include "journal/listener.hpp"

namespace sluice::testkit {

/// An event as it was appended.
struct KeptEvent {
  std::uint32_t organisation = 0;
  std::string json;
  std::string id;
  std::vector<std::uint32_t> webhooks;

  friend bool operator==(const KeptEvent&, const KeptEvent&) = default;
};

/// Thread safety: every member, from any thread.
class FakeSink final : public ingest::EventSink {
 public:
  explicit FakeSink(std::size_t max_record_bytes = std::size_t{64} << 20U)
      : max_record_bytes_(max_record_bytes) {}

  journal::BatchBuilder make_builder() const override {
    return {journal::IdKey{kSecret}, max_record_bytes_};
  }
  void append(journal::Batch batch, journal::AppendCallback callback) override;
  bool has_room() const noexcept override {
    const base::MutexLock lock(mutex_);
    return has_room_ && !refusal_;
  }
  std::error_code refusal() const override {
    const base::MutexLock lock(mutex_);
    return refusal_;
  }

  void set_room_listener(std::function<void()> listener) override {
    listener_.set(std::move(listener));
  }

  void set_room(bool has_room) {
    {
      const base::MutexLock lock(mutex_);
      has_room_ = has_room;
    }
    listener_.tell();
  }
  /// From now on every batch is refused; no error: taken.
  void refuse(std::error_code refusal) {
    {
      const base::MutexLock lock(mutex_);
      refusal_ = refusal;
    }
    listener_.tell();
  }
  /// From now on batches wait for commit().
  void hold() {
    const base::MutexLock lock(mutex_);
    is_holding_ = true;
  }
  /// Answers all that wait.
  void commit();

  /// Events of all batches so far, without duplicates, in order.
  std::vector<KeptEvent> events() const {
    const base::MutexLock lock(mutex_);
    return events_;
  }
  std::vector<std::size_t> batch_sizes() const {
    const base::MutexLock lock(mutex_);
    return batch_sizes_;
  }

 private:
  static constexpr auto kSecret = [] {
    std::array<std::byte, journal::IdKey::kBytes> secret{};
    for (std::size_t i = 0; i != secret.size(); ++i) secret[i] = static_cast<std::byte>(37 * i + 1);
    return secret;
  }();

  std::vector<std::uint32_t> keep(const journal::Batch& batch) SLUICE_REQUIRES(mutex_);

  const std::size_t max_record_bytes_;
  journal::Listener<> listener_;
  mutable base::Mutex mutex_;
  bool has_room_ SLUICE_GUARDED_BY(mutex_) = true;
  bool is_holding_ SLUICE_GUARDED_BY(mutex_) = false;
  std::error_code refusal_ SLUICE_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> held_ SLUICE_GUARDED_BY(mutex_);
  std::vector<KeptEvent> events_ SLUICE_GUARDED_BY(mutex_);
  std::vector<std::size_t> batch_sizes_ SLUICE_GUARDED_BY(mutex_);
  std::set<journal::Fingerprint> ids_ SLUICE_GUARDED_BY(mutex_);
};

inline void FakeSink::append(journal::Batch batch, journal::AppendCallback callback) {
  std::function<void()> answer;
  {
    const base::MutexLock lock(mutex_);
    if (refusal_) {
      answer = [callback, error = refusal_] { callback({error, 0, {}}); };
    } else {
      answer = [callback, duplicates = keep(batch)] { callback({{}, 1, duplicates}); };
    }
    if (is_holding_) {
      held_.push_back(std::move(answer));
      return;
    }
  }
  answer();
}

inline void FakeSink::commit() {
  std::vector<std::function<void()>> held;
  {
    const base::MutexLock lock(mutex_);
    is_holding_ = false;
    held.swap(held_);
  }
  for (const auto& answer : held) answer();
}

inline std::vector<std::uint32_t> FakeSink::keep(const journal::Batch& batch) {
  std::vector<std::uint32_t> duplicates;
  for (const journal::GivenId& id : batch.given_ids)
    if (!id.is_for_find_only && !ids_.insert(id.fingerprint).second) duplicates.push_back(id.index);
  batch_sizes_.push_back(batch.size());
  journal::EventEntry before{};
  for (std::uint32_t i = 0; i != batch.size(); ++i) {
    const journal::EventEntry& entry = batch.entries[i];
    KeptEvent event;
    event.organisation = batch.organisation;
    std::string data = batch.data.substr(before.data_end, entry.data_end - before.data_end);
    event.id = data.substr(entry.id_offset, entry.id_bytes);
    if ((entry.behind & journal::EventEntry::kFingerprintBehind) != 0)
      data.resize(data.size() - sizeof(journal::Fingerprint));
    const bool is_id_behind = (entry.behind & journal::EventEntry::kIdBehind) != 0;
    event.json = is_id_behind ? data.substr(0, entry.id_offset) : data;
    event.webhooks.assign(batch.webhooks.begin() + before.webhooks_end,
                          batch.webhooks.begin() + entry.webhooks_end);
    before = entry;
    if (std::ranges::count(duplicates, i) == 0) events_.push_back(std::move(event));
  }
  return duplicates;
}

}  // namespace sluice::testkit

// What has become of a body so far, and the one place that says when it is complete: when nothing
// more will be added, and every batch of it is durable or refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/mutex.hpp"
#include "ingest/event_intake.hpp"
#include "ingest/fault.hpp"
#include "ingest/ingest_result.hpp"
#include "journal/journal.hpp"

namespace sluice::ingest {

/// Which events of a batch reached a webhook: of a duplicate that must not be counted.
class MatchedEvents {
 public:
  void add(bool is_matched);
  bool operator[](std::size_t event) const noexcept {
    return words_[event / 64] >> event % 64 & 1U;
  }
  std::size_t size() const noexcept { return size_; }
  std::size_t matched() const noexcept { return matched_; }
  void clear() noexcept;

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
  std::size_t matched_ = 0;
};

/// Thread safety: every member, from any thread.
class BodyOutcome {
 public:
  BodyOutcome(IngestCallbacks callbacks, std::chrono::seconds retry_after)
      : retry_after_(retry_after),
        callbacks_(std::make_shared<const IngestCallbacks>(std::move(callbacks))) {}

  /// `count` items from `index` on are not accepted. Items are rejected in order. `offset`: the byte
  /// of the line at which it went wrong. Errors: std::bad_alloc.
  void reject(std::uint64_t index, std::uint64_t line, const Fault& fault,
              std::optional<std::size_t> offset = std::nullopt, std::uint64_t count = 1);

  /// A batch is on its way: settle() follows.
  void expect();
  void settle(const journal::AppendResult& result, const MatchedEvents& events);

  /// The rest of the body cannot be taken: 503.
  void fail();
  bool has_failed() const;

  /// Nothing more will be added. done is called here or by the last settle().
  void close();
  /// No callback begins from now on.
  void abandon();
  /// Calls resume, unless the body is complete or abandoned.
  void resume();

 private:
  bool is_ready() const SLUICE_REQUIRES(mutex_);
  void deliver() SLUICE_EXCLUDES(mutex_);
  int status() const SLUICE_REQUIRES(mutex_);

  const std::chrono::seconds retry_after_;
  mutable base::Mutex mutex_;
  // Until done is called or never will be: what they own must not live for longer.
  std::shared_ptr<const IngestCallbacks> callbacks_ SLUICE_GUARDED_BY(mutex_);
  IngestResult result_ SLUICE_GUARDED_BY(mutex_);
  std::uint64_t too_large_ SLUICE_GUARDED_BY(mutex_) = 0;
  std::size_t expected_ SLUICE_GUARDED_BY(mutex_) = 0;  // batches
  bool has_bad_gzip_ SLUICE_GUARDED_BY(mutex_) = false;
  bool has_failed_ SLUICE_GUARDED_BY(mutex_) = false;
  bool is_closed_ SLUICE_GUARDED_BY(mutex_) = false;
  bool is_resuming_ SLUICE_GUARDED_BY(mutex_) = false;  // resume is being called
};

}  // namespace sluice::ingest

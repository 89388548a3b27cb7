// Whether the journal takes more: what those who answer requests ask before every one of them.
//
// Roles:      any thread appends and asks; the writer counts what it has written, and refuses; whoever
//             releases events says how far.
// Invariants: every figure is written as a whole; the head and the release point never fall.
#pragma once

#include <atomic>
#include <cstdint>

#include "journal/listener.hpp"

namespace sluice::journal {

/// Thread safety: every member, from any thread.
class Room {
 public:
  /// How much of its limit the backlog may have before it is crowded.
  static constexpr std::uint64_t kUncrowdedPercent = 90;

  Room(std::uint64_t backlog_limit, std::uint64_t queue_limit) noexcept
      : backlog_limit_(backlog_limit), queue_limit_(queue_limit) {}

  bool has_room() const noexcept {
    // relaxed: a guess; one that comes too late lets in, or keeps out, a request more.
    return !refuses_.load(std::memory_order_relaxed) && queued_bytes() <= queue_limit_ &&
           backlog_bytes() <= backlog_limit_;
  }

  void set_refuses(bool refuses) noexcept {
    // relaxed: as above.
    refuses_.store(refuses, std::memory_order_relaxed);
  }
  void add_queued(std::uint64_t bytes) noexcept {
    // relaxed: a count.
    queued_.fetch_add(bytes, std::memory_order_relaxed);
  }
  void remove_queued(std::uint64_t bytes) noexcept {
    // relaxed: a count.
    queued_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  /// Of records, up to the newest that is committed.
  void set_head(std::uint64_t bytes) noexcept {
    // relaxed: a figure on its own.
    head_.store(bytes, std::memory_order_relaxed);
  }
  /// Of records, up to the release point.
  void set_released(std::uint64_t bytes) noexcept {
    // relaxed: a figure on its own.
    released_.store(bytes, std::memory_order_relaxed);
  }

  /// Who is told that there may be room again, or that everything is refused. Telling is up to those
  /// who have changed one of the figures, when they hold no lock.
  Listener<>& listener() noexcept { return listener_; }

  std::uint64_t queued_bytes() const noexcept {
    // relaxed: a guess, as in has_room().
    return queued_.load(std::memory_order_relaxed);
  }
  std::uint64_t backlog_bytes() const noexcept {
    // relaxed: a guess, as in has_room(); the head may be older than the release point.
    const std::uint64_t released = released_.load(std::memory_order_relaxed);
    // relaxed: as above.
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    return head > released ? head - released : 0;
  }
  /// What lies before so many bytes of records crowds the backlog; 0: it is not crowded.
  std::uint64_t crowded_bytes() const noexcept {
    // relaxed: a guess, as in backlog_bytes().
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    const std::uint64_t uncrowded = backlog_limit_ / 100 * kUncrowdedPercent;
    return backlog_bytes() > uncrowded && head > uncrowded ? head - uncrowded : 0;
  }

 private:
  const std::uint64_t backlog_limit_;
  const std::uint64_t queue_limit_;
  std::atomic<bool> refuses_{false};
  std::atomic<std::uint64_t> queued_{0};
  std::atomic<std::uint64_t> head_{0};
  std::atomic<std::uint64_t> released_{0};
  Listener<> listener_;
};

}  // namespace sluice::journal

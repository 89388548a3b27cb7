// When memory of the index may be used again: after a grace period of liburcu (its `bp` flavour
// registers threads by itself), in which every reader that could have seen it has left.
//
// Roles:      readers hold a Guard; writers hold one through their Operation (operation.hpp) and
//             leave what they unlinked in Batches; one thread of the Reclaimer takes these, waits for
//             grace periods and does what is then due. A Batch goes from operation to operation
//             until it is full or taken: one for each change would be most of what awaits release.
// Invariants: I2 an object is handed in only after the last link to it is cut.
//             I3 what a Batch holds is touched no earlier than a grace period after the thread took it.
//             I14 a Batch has one owner: an operation, a place of open_, submitted_, or the thread.
// Progress:   Guard: wait-free once its thread has been registered, by its first Guard. take_batch, leave,
//             submit: lock-free. throttle: a bounded wait. Above kPendingLimit bytes each change waits
//             for up to 10 ms, so what awaits release stays near that limit (G5); and as the wait is
//             bounded, a thread that is stopped inside a Guard slows other writers down but does not
//             stop them (G6).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "pool.hpp"

namespace sluice::internal {

/// A read section. While one is held, nothing that was reachable in it is released.
/// Complexity: 2 to 3 ns. May be nested.
class Guard {
 public:
  Guard() noexcept;
  ~Guard();
  /// Ends the section and begins another.
  void renew() noexcept;
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
};

class Reclaimer {
 public:
  /// What is done with an object after its grace period.
  enum class Duty : std::uint8_t {
    release_piece,
    release_record,
    finish_webhook,
    hide_symbol,
    forget_symbol,
    hide_scope,
    forget_scope,
  };
  struct Item {
    void* object;
    std::uint32_t bytes;
    Duty duty;
  };
  /// Does every duty but the releases, inside a Guard, on the Reclaimer's thread. When it throws
  /// std::bad_alloc it is asked again later.
  class Finisher {
   public:
    virtual void finish(const Item& item) = 0;

   protected:
    ~Finisher() = default;
  };

  /// What operations hand in: a piece of the pool with its items behind it.
  struct Batch {
    Batch* next;
    std::size_t bytes;  // of it and its counted items; 0 before the first count
    std::uint32_t capacity;
    std::uint32_t size;
    std::uint32_t counted;  // items that pending() knows of
    std::uint32_t done;

    Item* items() noexcept { return reinterpret_cast<Item*>(this + 1); }
    static constexpr std::size_t bytes_for(std::uint32_t capacity) {
      return sizeof(Batch) + capacity * sizeof(Item);
    }
  };

  static constexpr std::size_t kPendingLimit = std::size_t{32} << 20U;
  static constexpr std::uint32_t kLeastRoom = 6;

  /// Errors: std::system_error when the thread cannot be started.
  Reclaimer(Memory& memory, Finisher& finisher);
  ~Reclaimer();  // does all that is due; no reader or writer may be left
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

  // Inside a Guard; errors: std::bad_alloc.
  Batch* take_batch();  // with room for kLeastRoom items
  Batch* make_batch(std::uint32_t capacity);

  /// Hands the items in, and leaves the room behind them to the next operation.
  void leave(Batch* batch) noexcept;
  void submit(Batch* batch) noexcept;
  void throttle() const noexcept;        // outside every Guard
  void drain() const noexcept;           // waits until nothing is pending; outside every Guard
  std::size_t pending() const noexcept;  // bytes that await release

 private:
  static constexpr std::size_t kOpenBatches = 4;    // an operation in a change has two at most
  static constexpr std::uint32_t kUsualItems = 60;  // a kilobyte

  void run();
  Batch* take_all() noexcept;
  bool has_pending() const noexcept;
  bool count(Batch* batch) noexcept;
  void push(Batch* batch) noexcept;
  void wake() noexcept;
  void settle(Batch* newest);
  bool do_duties(Batch& batch);

  Memory& memory_;
  Pool::Returns pieces_;   // the thread's own
  Pool::Returns records_;  // the thread's own
  Finisher& finisher_;
  std::atomic<Batch*> submitted_{nullptr};  // writers push, the thread takes all
  std::array<std::atomic<Batch*>, kOpenBatches>
      open_{};                                   // writers take and leave, the thread takes
  std::atomic<std::size_t> pending_bytes_{0};    // writers add, the thread subtracts
  std::atomic<std::size_t> pending_batches_{0};  // writers add, the thread subtracts
  std::atomic<bool> is_stopping_{false};
  std::atomic<std::uint32_t> wake_{0};
  std::thread thread_;
};

}  // namespace sluice::internal

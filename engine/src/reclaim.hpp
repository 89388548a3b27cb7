// When memory of the index may be used again: after a grace period of liburcu (its `bp` flavour
// registers threads by itself), in which every reader that could have seen it has left.
//
// Roles:      readers hold a Guard; writers hold one through their Operation (operation.hpp) and
//             submit Batches of what they unlinked; one thread of the Reclaimer waits for grace
//             periods and does what is then due.
// Invariants: I2 an object is handed in only after the last link to it is cut.
//             I3 what a Batch holds is touched no earlier than a grace period after its submit().
// Progress:   Guard: wait-free once its thread has been registered, by its first Guard. submit:
//             lock-free. throttle: a bounded wait. Above kPendingLimit bytes each change waits for up to
//             10 ms, so what awaits release stays near that limit (G5); and as the wait is bounded, a
//             thread that is stopped inside a Guard slows other writers down but does not stop them (G6).
#pragma once

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

  /// What one operation hands in: a piece of the pool with its items behind it.
  struct Batch {
    Batch* next;
    std::size_t bytes;
    std::uint32_t capacity;
    std::uint32_t size;
    std::uint32_t done;

    Item* items() noexcept { return reinterpret_cast<Item*>(this + 1); }
    static constexpr std::size_t bytes_for(std::uint32_t capacity) {
      return sizeof(Batch) + capacity * sizeof(Item);
    }
  };

  static constexpr std::size_t kPendingLimit = std::size_t{32} << 20U;

  /// Errors: std::system_error when the thread cannot be started.
  Reclaimer(Memory& memory, Finisher& finisher);
  ~Reclaimer();  // does all that is due; no reader or writer may be left
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

  Batch* make_batch(std::uint32_t capacity);  // inside a Guard; errors: std::bad_alloc
  void submit(Batch* batch) noexcept;
  void throttle() const noexcept;        // outside every Guard
  void drain() const noexcept;           // waits until nothing is pending; outside every Guard
  std::size_t pending() const noexcept;  // bytes that await release

 private:
  void run();
  void settle(Batch* newest);
  bool do_duties(Batch& batch);

  Memory& memory_;
  Pool::Returns pieces_;   // the thread's own
  Pool::Returns records_;  // the thread's own
  Finisher& finisher_;
  std::atomic<Batch*> submitted_{nullptr};       // writers push, the thread takes all
  std::atomic<std::size_t> pending_bytes_{0};    // writers add, the thread subtracts
  std::atomic<std::size_t> pending_batches_{0};  // writers add, the thread subtracts
  std::atomic<bool> is_stopping_{false};
  std::atomic<std::uint32_t> wake_{0};
  std::thread thread_;
};

}  // namespace sluice::internal

// Roles: one thread writes, any thread reads.
#include <atomic>
struct Cell {
  void publish(int v) {
    // relaxed: only the writer reads it here.
    if (value_.load(std::memory_order_relaxed) == v) return;
    // sync[C1] release -> C2: what was written before is seen with the value.
    value_.store(v, std::memory_order_release);
  }
  int read() const {
    // sync[C2] acquire -> C1: the counterpart,
    // in two lines.
    return value_.load(std::memory_order_acquire);
  }
  int again() const { return value_.load(std::memory_order_acquire); }  // acquire, as C2
  std::atomic<int> value_{0};
};

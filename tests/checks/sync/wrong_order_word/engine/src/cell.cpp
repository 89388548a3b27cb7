// Roles: none.
#include <atomic>
std::atomic<int> value_{0};
void f() {
  // sync[A1] release -> A2: one.
  value_.store(1, std::memory_order_relaxed);  // relaxed: no.
  // sync[A2] acquire -> A1: two.
  value_.load(std::memory_order_acquire);
}

// Roles: none.
#include <atomic>
std::atomic<int> value_{0};
void f() {
  // sync[A1] release -> A2: one.
  value_.store(1, std::memory_order_release);
  // sync[A2] acquire -> A3: two.
  value_.load(std::memory_order_acquire);
  // sync[A3] release -> A2: three.
  value_.store(1, std::memory_order_release);
}

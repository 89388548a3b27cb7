// Roles: none.
#include <atomic>
std::atomic<int> value_{0};
void f() {
  // sync[A1] release -> A2: nobody.
  value_.store(1, std::memory_order_release);
}

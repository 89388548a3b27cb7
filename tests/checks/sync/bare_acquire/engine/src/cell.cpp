// Roles: none.
#include <atomic>
std::atomic<int> value_{0};
void f() {
  value_.load(std::memory_order_acquire);
}

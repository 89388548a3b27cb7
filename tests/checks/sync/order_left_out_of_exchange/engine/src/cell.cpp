// Roles: none.
#include <atomic>
std::atomic<int> value_{0};
void f(int v) {
  value_.compare_exchange_strong(
      v, 1);
}

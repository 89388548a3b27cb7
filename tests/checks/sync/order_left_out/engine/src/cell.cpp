// Roles: none.
#include <atomic>
std::atomic<int> value_{0};
void f() {
  value_.load();
}

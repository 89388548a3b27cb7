// Roles: none.
#include <atomic>
std::atomic<int> value_{0};
// sync[A1]: release, pairs with A2.

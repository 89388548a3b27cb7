#include <atomic>
std::atomic<int> value_{0};

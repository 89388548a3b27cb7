// What a fuzz target does when its claim is false: say so and crash, in every build type.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace sluice::testkit {

inline void require(bool is_true, const char* claim) {
  if (is_true) return;
  std::fprintf(stderr, "false: %s\n", claim);
  std::abort();
}

}  // namespace sluice::testkit

#include "json/kernel.hpp"

#include <initializer_list>

#include "json/block_avx2.hpp"
#include "json/block_avx512.hpp"

namespace sluice::json {

bool is_supported(Kernel kernel) noexcept {
  switch (kernel) {
    case Kernel::portable: return true;
#if defined(__x86_64__)
    case Kernel::avx2: return cpu_has_avx2();
    case Kernel::avx512: return cpu_has_avx2() && cpu_has_avx512();
#else
    case Kernel::avx2:
    case Kernel::avx512: return false;
#endif
  }
  return false;
}

Kernel best_kernel() noexcept {
  for (const Kernel kernel : {Kernel::avx512, Kernel::avx2}) {
    if (is_supported(kernel)) return kernel;
  }
  return Kernel::portable;
}

}  // namespace sluice::json

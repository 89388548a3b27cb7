#include "base/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace sluice::base {
namespace {

// Of segments that are read, databases, mails under way, and whatever libraries open: a few dozen were
// counted.
constexpr std::size_t kForFiles = 256;

}  // namespace

std::size_t raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<std::size_t>::max()
                                         : std::size_t{limit.rlim_cur};
}

DescriptorShares share_descriptors(std::size_t limit, const DescriptorShares& wanted) noexcept {
  const std::size_t free = limit > 2 * kForFiles ? limit - kForFiles : limit / 2;
  DescriptorShares shares;
  shares.delivered = std::max<std::size_t>(1, std::min(wanted.delivered, free / 2));
  const std::size_t left = free > shares.delivered ? free - shares.delivered : 0;
  shares.served = std::max<std::size_t>(1, std::min(wanted.served, left));
  return shares;
}

}  // namespace sluice::base

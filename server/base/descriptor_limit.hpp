// How many files and connections the process may have open, and who gets how many of them: a service that
// has used them up can neither accept nor deliver, nor open its own files.
#pragma once

#include <cstddef>

namespace sluice::base {

/// Raises the process's limit of open files to what it may be raised to, and says what it is now.
/// Thread safety: not while another thread does so.
std::size_t raise_descriptor_limit() noexcept;

struct DescriptorShares {
  std::size_t served = 1;     // connections that are accepted
  std::size_t delivered = 1;  // connections to receivers
};

/// Shares out `limit`: some for files, up to half of the rest for deliveries, and of what is left what
/// is wanted; one each at least.
DescriptorShares share_descriptors(std::size_t limit, const DescriptorShares& wanted) noexcept;

}  // namespace sluice::base

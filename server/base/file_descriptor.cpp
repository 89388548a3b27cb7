#include "base/file_descriptor.hpp"

#include <unistd.h>

namespace sluice::base {

void FileDescriptor::reset(int fd) noexcept {
  // Linux has closed it even where close() says EINTR: a second call could close another's.
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

}  // namespace sluice::base

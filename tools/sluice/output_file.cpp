#include "output_file.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sluice::tool {

OutputFile::OutputFile(const std::string& path)
    : fd_(FileDescriptor::open_output(path)), name_(path == "-" ? "standard output" : path) {}

bool OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Standard output may be somebody else's non-blocking terminal.
      pollfd watched{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
      ::poll(&watched, 1, -1);
    } else if (errno != EINTR) {
      if (errno != EPIPE) error_ = "cannot write " + name_ + ": " + std::strerror(errno);
      return false;
    }
  }
  return true;
}

}  // namespace sluice::tool

#include "file_descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "exit_code.hpp"

namespace sluice::tool {
namespace {

int open_or_fail(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (fd >= 0) return fd;
  throw Failure(ExitCode::failed, "cannot open " + path + ": " + std::strerror(errno));
}

}  // namespace

FileDescriptor FileDescriptor::open_input(const std::string& path) {
  return FileDescriptor(path == "-" ? STDIN_FILENO : open_or_fail(path, O_RDONLY));
}

FileDescriptor FileDescriptor::open_output(const std::string& path) {
  return FileDescriptor(path == "-" ? STDOUT_FILENO
                                    : open_or_fail(path, O_WRONLY | O_CREAT | O_TRUNC));
}

FileDescriptor::~FileDescriptor() {
  if (fd_ > STDERR_FILENO) ::close(fd_);
}

}  // namespace sluice::tool

// A file descriptor that closes itself.
#pragma once

#include <utility>

namespace sluice::base {

class FileDescriptor {
 public:
  FileDescriptor() noexcept = default;
  /// Takes over `fd`; -1 means none.
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~FileDescriptor() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

  /// Gives it away: the caller closes it.
  int release() noexcept { return std::exchange(fd_, -1); }
  /// Closes what it held and takes over `fd`.
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

}  // namespace sluice::base

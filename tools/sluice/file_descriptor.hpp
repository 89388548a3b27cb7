// A file descriptor that closes itself, unless it is one of the standard streams.
#pragma once

#include <string>

namespace sluice::tool {

class FileDescriptor {
 public:
  /// Opens for reading; "-" is standard input. Errors: Failure.
  static FileDescriptor open_input(const std::string& path);
  /// Opens for writing, emptying the file; "-" is standard output. Errors: Failure.
  static FileDescriptor open_output(const std::string& path);

  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const noexcept { return fd_; }

 private:
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  int fd_;
};

}  // namespace sluice::tool

// Bytes to a file, a pipe or standard output.
#pragma once

#include <string>
#include <string_view>

#include "file_descriptor.hpp"

namespace sluice::tool {

/// Thread safety: one thread at a time.
class OutputFile {
 public:
  /// "-" is standard output. Errors: Failure.
  explicit OutputFile(const std::string& path);

  /// Writes all of `bytes` with as few system calls as the system allows. False: the reader of a
  /// pipe has gone, or error() says why not.
  bool write(std::string_view bytes);

  /// Why write() failed; empty when the reader has gone, which is nobody's mistake.
  const std::string& error() const noexcept { return error_; }

 private:
  const FileDescriptor fd_;
  const std::string name_;
  std::string error_;
};

}  // namespace sluice::tool

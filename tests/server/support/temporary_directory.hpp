// A directory of a test's own.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace sluice::testkit {

/// Where files are kept in memory, for tests that sync often; or the usual place.
inline std::filesystem::path memory_path() {
  std::error_code ignored;
  const std::filesystem::path shared = "/dev/shm";
  return std::filesystem::is_directory(shared, ignored) ? shared
                                                        : std::filesystem::temp_directory_path();
}

/// Empty at first; it goes away with what is in it.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(
      const std::filesystem::path& within = std::filesystem::temp_directory_path()) {
    std::string name = (within / "sluice-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::system_error(errno, std::generic_category(), "mkdtemp " + name);
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  /// The path of a file in it.
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace sluice::testkit

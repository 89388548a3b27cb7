// The production file system: each call is the one of POSIX.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file_descriptor.hpp"
#include "journal/file_system.hpp"

namespace sluice::journal {
namespace {

constexpr ::mode_t kFileMode = 0600;  // events are their owners' business
constexpr ::mode_t kDirectoryMode = 0700;

std::error_code last_error() noexcept { return {errno, std::generic_category()}; }

/// Calls again what a signal has interrupted.
template <class Call>
auto uninterrupted(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

class PosixFile final : public File {
 public:
  explicit PosixFile(base::FileDescriptor fd) noexcept : fd_(std::move(fd)) {}

  std::error_code write_some(std::span<const ::iovec> pieces, std::uint64_t offset,
                             std::size_t& written) override {
    const ::ssize_t count = uninterrupted([&] {
      return ::pwritev(fd_.get(), pieces.data(), static_cast<int>(pieces.size()),
                       static_cast<::off_t>(offset));
    });
    if (count < 0) return last_error();
    written = static_cast<std::size_t>(count);
    return {};
  }

  std::error_code read_some(std::span<std::byte> into, std::uint64_t offset,
                            std::size_t& count) override {
    const ::ssize_t some = uninterrupted([&] {
      return ::pread(fd_.get(), into.data(), into.size(), static_cast<::off_t>(offset));
    });
    if (some < 0) return last_error();
    count = static_cast<std::size_t>(some);
    return {};
  }

  std::error_code sync() override {
    // Not again after EINTR alone: the first answer of a sync is the one that counts.
    return ::fdatasync(fd_.get()) == 0 ? std::error_code{} : last_error();
  }

  std::error_code reserve(std::uint64_t bytes) override {
    const int result = uninterrupted(
        [&] { return ::fallocate(fd_.get(), 0, 0, static_cast<::off_t>(bytes)); });
    if (result == 0 || errno == EOPNOTSUPP) return {};  // it is a courtesy to the disk
    return last_error();
  }

  std::error_code truncate(std::uint64_t bytes) override {
    const int result =
        uninterrupted([&] { return ::ftruncate(fd_.get(), static_cast<::off_t>(bytes)); });
    return result == 0 ? std::error_code{} : last_error();
  }

  std::error_code size(std::uint64_t& bytes) override {
    struct ::stat status {};
    if (::fstat(fd_.get(), &status) != 0) return last_error();
    bytes = static_cast<std::uint64_t>(status.st_size);
    return {};
  }

 private:
  base::FileDescriptor fd_;
};

class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(base::FileDescriptor fd) noexcept : fd_(std::move(fd)) {}

 private:
  base::FileDescriptor fd_;
};

std::error_code open_descriptor(const FileSystem::Path& path, int flags, base::FileDescriptor& fd) {
  fd.reset(uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, kFileMode); }));
  return fd ? std::error_code{} : last_error();
}

class PosixFileSystem final : public FileSystem {
 public:
  std::error_code open(const Path& path, OpenMode mode, std::unique_ptr<File>& file) override {
    int flags = O_RDONLY;
    if (mode == OpenMode::write) flags = O_RDWR;
    if (mode == OpenMode::create) flags = O_RDWR | O_CREAT | O_EXCL;
    base::FileDescriptor fd;
    if (const std::error_code error = open_descriptor(path, flags, fd)) return error;
    file = std::make_unique<PosixFile>(std::move(fd));
    return {};
  }

  std::error_code rename(const Path& from, const Path& to) override {
    return ::rename(from.c_str(), to.c_str()) == 0 ? std::error_code{} : last_error();
  }

  std::error_code remove(const Path& path) override {
    return ::unlink(path.c_str()) == 0 ? std::error_code{} : last_error();
  }

  std::error_code make_directory(const Path& path) override {
    std::error_code error;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    if (error || ::mkdir(path.c_str(), kDirectoryMode) == 0 || errno == EEXIST) return error;
    return last_error();
  }

  std::error_code list(const Path& directory, std::vector<std::string>& names) override {
    std::error_code error;
    names.clear();
    for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error))
      names.push_back(at->path().filename().string());
    return error;
  }

  std::error_code sync_directory(const Path& directory) override {
    base::FileDescriptor fd;
    if (const std::error_code error = open_descriptor(directory, O_RDONLY | O_DIRECTORY, fd))
      return error;
    return ::fsync(fd.get()) == 0 ? std::error_code{} : last_error();
  }

  std::error_code lock(const Path& path, std::unique_ptr<FileLock>& lock) override {
    base::FileDescriptor fd;
    if (const std::error_code error = open_descriptor(path, O_RDWR | O_CREAT, fd)) return error;
    if (uninterrupted([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0)
      return last_error();
    lock = std::make_unique<PosixFileLock>(std::move(fd));
    return {};
  }
};

}  // namespace

FileSystem& posix_file_system() noexcept {
  static PosixFileSystem file_system;
  return file_system;
}

}  // namespace sluice::journal

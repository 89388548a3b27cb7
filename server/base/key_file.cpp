// A new key is written beside its place, synced, and then linked to it: no other process ever sees
// half a key, and of several that make one at once the first wins.
#include "base/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "base/file_descriptor.hpp"
#include "base/random.hpp"

namespace sluice::base {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path, int error) {
  throw std::runtime_error("cannot " + what + " the master key " + path + ": " +
                           std::generic_category().message(error));
}

void check_permissions(const std::string& path, const struct stat& status) {
  if ((status.st_mode & 077U) == 0) return;
  std::array<char, 8> mode{};
  std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(status.st_mode & 07777U));
  throw std::runtime_error("the master key " + path + " is open to others than its owner (mode " +
                           mode.data() + "); run: chmod 600 " + path);
}

/// Nothing: there is no such file.
std::optional<Vault::Key> read_key(const std::string& path) {
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) {
    if (errno == ENOENT) return std::nullopt;
    fail("open", path, errno);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail("read", path, errno);
  check_permissions(path, status);
  // One byte more than a key has, so that a longer file is noticed.
  std::array<std::byte, sizeof(Vault::Key) + 1> bytes;
  ssize_t length = 0;
  do length = ::read(file.get(), bytes.data(), bytes.size());
  while (length < 0 && errno == EINTR);
  if (length < 0) fail("read", path, errno);
  Vault::Key key;
  if (static_cast<std::size_t>(length) != key.size())
    throw std::runtime_error("the master key " + path + " does not have " +
                             std::to_string(key.size()) +
                             " bytes; put back the file that the secrets were sealed with");
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

void write_synced(const std::string& path, const Vault::Key& key) {
  const FileDescriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!file) fail("make", path, errno);
  const ssize_t written = ::write(file.get(), key.data(), key.size());
  if (written != static_cast<ssize_t>(key.size()))
    fail("write", path, written < 0 ? errno : ENOSPC);
  if (::fsync(file.get()) != 0) fail("write", path, errno);
}

void sync_directory_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const std::string name = parent.empty() ? "." : parent.string();
  const FileDescriptor directory{::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory || ::fsync(directory.get()) != 0) fail("write", path, errno);
}

/// Makes the file, unless another process was faster.
void create_key(const std::string& path) {
  SystemRandom random;
  Vault::Key key;
  random.fill(key);
  const std::string draft = path + ".new-" + random_alphanumeric(random, 10);
  int error = 0;
  try {
    write_synced(draft, key);
    if (::link(draft.c_str(), path.c_str()) != 0) error = errno;
  } catch (...) {
    ::unlink(draft.c_str());
    throw;
  }
  ::unlink(draft.c_str());
  if (error != 0 && error != EEXIST) fail("make", path, error);
  sync_directory_of(path);
}

}  // namespace

Vault::Key read_or_create_key(const std::string& path) {
  std::optional<Vault::Key> key = read_key(path);
  if (!key) {
    create_key(path);
    key = read_key(path);
  }
  if (!key) fail("open", path, ENOENT);
  return *key;
}

}  // namespace sluice::base

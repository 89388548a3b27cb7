#include "config_store/data_dir.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "config_store/store_error.hpp"

namespace sluice::store {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
  const auto kind = error == ENOSPC ? StoreError::Kind::disk_full : StoreError::Kind::inaccessible;
  throw StoreError(kind, "cannot use the data directory " + path.string() + ": " +
                             std::generic_category().message(error));
}

}  // namespace

DataDir::DataDir(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code error;
  std::filesystem::path whole = std::filesystem::absolute(path_).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();  // it ended in a slash
  std::filesystem::create_directories(whole.parent_path(), error);
  if (error) fail(path_, error.value());
  if (::mkdir(path_.c_str(), S_IRWXU) == 0) return;
  if (errno != EEXIST) fail(path_, errno);
  if (!std::filesystem::is_directory(path_, error)) fail(path_, ENOTDIR);
}

base::FileDescriptor DataDir::lock_for_server() const {
  const std::filesystem::path file = path_ / "server.lock";
  base::FileDescriptor lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!lock) fail(path_, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) fail(path_, errno);
  throw StoreError(StoreError::Kind::locked,
                   "another sluice serves from " + path_.string() +
                       "; stop it, or give this one another data directory");
}

}  // namespace sluice::store

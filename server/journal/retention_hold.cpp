#include "journal/retention_hold.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "journal/journal_error.hpp"

namespace sluice::journal {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
  throw JournalError(path.string() +
                     " cannot be locked: " + std::generic_category().message(error));
}

/// What root makes here must not shut out the user that the service runs as.
void give_to_owner_of(const std::filesystem::path& directory, int file) {
  struct ::stat owner {};
  if (::geteuid() != 0 || ::stat(directory.c_str(), &owner) != 0) return;
  if (::fchown(file, owner.st_uid, owner.st_gid) != 0) fail(directory / kHoldFileName, errno);
}

}  // namespace

RetentionHold::RetentionHold(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / kHoldFileName;
  file_.reset(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file_) fail(path, errno);
  give_to_owner_of(directory, file_.get());
  int result = 0;
  do result = ::flock(file_.get(), LOCK_SH);
  while (result != 0 && errno == EINTR);
  if (result != 0) fail(path, errno);
}

}  // namespace sluice::journal

// START HERE. A data directory as one file while its service goes on: such as a kill of the service
// would have left it at a moment after the backup began.
//
// The order makes it so. First of all retention is held, so that nothing goes away. Then comes how far
// delivery has come; then what deliveries have left behind, at a later moment, so that what the former
// says is done either arrived or is a row of the latter; then the events, which both speak of; and
// at last the webhooks, which all of them speak of. What arrived between the first and the second is
// sent once more after a restore, as what was in flight is after a kill.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "backup/manifest.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"

namespace sluice::backup {

struct BackupReport {
  Manifest manifest;
  std::uint64_t archive_bytes = 0;

  std::uint64_t data_bytes() const noexcept;
};

/// Writes the data directory `directory` to the file `target`, which must not exist. `watcher` is told
/// of bytes as they are written, and may throw.
/// Errors: BackupError, StoreError, JournalError; what `watcher` throws; std::bad_alloc. After each of
/// them there is no `target`.
BackupReport back_up(const std::filesystem::path& directory, const std::filesystem::path& target,
                     const std::string& program, const base::Clock& clock, base::Random& random,
                     const std::function<void(std::uint64_t bytes)>& watcher);

}  // namespace sluice::backup

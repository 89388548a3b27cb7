// A data directory from a backup: all of it, verified, or nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "backup/manifest.hpp"
#include "base/random.hpp"

namespace sluice::backup {

/// Makes the data directory `target` (0700, its files 0600) from the file `archive`. `target` must not
/// exist, or be an empty directory; until everything is verified and on the disk, the files lie in a
/// directory beside it. `watcher` is told of bytes as they are written, and may throw.
/// Errors: BackupError: it is no backup, is damaged or cut off, or cannot be written; what `watcher`
/// throws; std::bad_alloc. After each of them `target` is as it was.
Manifest restore(const std::filesystem::path& archive, const std::filesystem::path& target,
                 base::Random& random, const std::function<void(std::uint64_t bytes)>& watcher);

}  // namespace sluice::backup

// The last file of a backup: what the others are, so that a backup that was cut off, changed or mixed
// up is noticed before anything of it is used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "journal/journal_copy.hpp"

namespace sluice::backup {

inline constexpr std::string_view kManifestName = "backup.json";
inline constexpr std::string_view kJournalPrefix = "journal/";

struct ManifestFile {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;  // 64 hexadecimal digits
  friend bool operator==(const ManifestFile&, const ManifestFile&) = default;
};

struct Manifest {
  static constexpr std::int64_t kFormat = 1;

  std::string program;  // the version that wrote it
  base::Time begun_at{};
  journal::CopiedEvents events;
  std::vector<ManifestFile> files;  // in their order, without the manifest itself
};

std::string to_json(const Manifest& manifest);
/// Nothing: it is none, or of a format that this program does not know.
std::optional<Manifest> parse_manifest(std::string_view text);

/// Whether a backup may hold a file of this name; no other is ever written at a restore.
bool is_backup_name(std::string_view name);

}  // namespace sluice::backup

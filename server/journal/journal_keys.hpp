// The secrets and the name of one journal, in a file beside its segments. Without it the segments
// cannot be told from those of another journal, and ids would change.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/random.hpp"
#include "journal/event_ids.hpp"
#include "journal/file_system.hpp"
#include "journal/fingerprint.hpp"

namespace sluice::journal {

inline constexpr std::string_view kKeysFileName = "journal.keys";

struct JournalKeys {
  std::uint64_t journal = 0;  // random: what every segment's header names
  IdKey id_key;
  EventIds event_ids;
};

enum class MissingKeys : std::uint8_t { make, refuse };

/// Reads `directory`'s file, or makes it, on the disk. Errors: JournalError, std::bad_alloc.
JournalKeys open_keys(FileSystem& file_system, const std::filesystem::path& directory,
                      base::Random& random, MissingKeys missing);

}  // namespace sluice::journal

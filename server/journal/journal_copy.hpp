// A copy of a journal that may be in use, such as recovery finds it after a kill: every record that was
// committed when the copy began is in it, and nothing that is not whole.
//
// A segment's records never change once they are written, so they are read like recovery reads them,
// each with its checksums, and handed on; behind the last one come zeros. Segments that are only
// prepared, spares and unfinished files are left out: the journal makes new ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "journal/file_system.hpp"
#include "journal/sequence.hpp"

namespace sluice::journal {

/// Takes files, one after the other. What it throws ends the copy.
class FileTaker {
 public:
  virtual ~FileTaker() = default;
  FileTaker(const FileTaker&) = delete;
  FileTaker& operator=(const FileTaker&) = delete;

  /// A file begins, of so many bytes.
  virtual void begin(const std::string& name, std::uint64_t bytes) = 0;
  /// Its next bytes, until there are as many as begin() said.
  virtual void take(std::span<const std::byte> bytes) = 0;

 protected:
  FileTaker() = default;
};

/// The events in a copy.
struct CopiedEvents {
  Sequence first = 0;    // the oldest; 0: none
  Sequence through = 0;  // the newest; 0: none
};

/// Precondition: a RetentionHold of the directory lives.
/// Errors: JournalError: a file cannot be read or is damaged, which the text says as recovery would;
/// what `taker` throws; std::bad_alloc.
CopiedEvents copy_journal(FileSystem& file_system, const std::filesystem::path& directory,
                          FileTaker& taker);

}  // namespace sluice::journal

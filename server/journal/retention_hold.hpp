// Keeps retention waiting while somebody copies the journal: no segment is dropped, and none becomes the
// file of another one, between the first look at the directory and the last byte that is read. It is a
// lock of the kernel's, so it ends with the process that took it, however that ends.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/file_descriptor.hpp"

namespace sluice::journal {

/// In the journal's directory. Holders share it; retention takes it for itself, or waits for its next
/// round.
inline constexpr std::string_view kHoldFileName = "hold.lock";

class RetentionHold {
 public:
  /// Waits for a round of retention that is under way. Errors: JournalError.
  explicit RetentionHold(const std::filesystem::path& directory);

 private:
  base::FileDescriptor file_;
};

}  // namespace sluice::journal

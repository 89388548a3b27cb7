// The console's files as the program holds them, so that it needs no directory of them. The table is
// made at build time from those in web/.
#pragma once

#include <span>
#include <string_view>

namespace sluice::console {

/// Everything is static storage.
struct File {
  std::string_view name;          // "main.js"; index.html is the page itself
  std::string_view content_type;  // with its charset
  std::string_view etag;          // quoted, of the bytes
  std::string_view bytes;
};

/// By name.
std::span<const File> files() noexcept;

}  // namespace sluice::console

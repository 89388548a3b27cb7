#include "journal/file_system.hpp"

#include <algorithm>
#include <climits>

namespace sluice::journal {
namespace {

std::size_t bytes_of(std::span<const ::iovec> pieces) noexcept {
  std::size_t bytes = 0;
  for (const ::iovec& piece : pieces) bytes += piece.iov_len;
  return bytes;
}

/// Takes `bytes` off the front of the pieces.
std::span<::iovec> behind(std::span<::iovec> pieces, std::size_t bytes) noexcept {
  while (!pieces.empty() && pieces.front().iov_len <= bytes) {
    bytes -= pieces.front().iov_len;
    pieces = pieces.subspan(1);
  }
  if (!pieces.empty()) {
    pieces.front().iov_base = static_cast<char*>(pieces.front().iov_base) + bytes;
    pieces.front().iov_len -= bytes;
  }
  return pieces;
}

}  // namespace

std::error_code File::write(std::span<::iovec> pieces, std::uint64_t offset) {
  for (pieces = behind(pieces, 0); !pieces.empty();) {
    const auto group = pieces.first(std::min<std::size_t>(pieces.size(), IOV_MAX));
    if (bytes_of(group) == 0) {
      pieces = pieces.subspan(group.size());
      continue;
    }
    std::size_t written = 0;
    if (const std::error_code error = write_some(group, offset, written)) return error;
    if (written == 0) return std::make_error_code(std::errc::io_error);
    offset += written;
    pieces = behind(pieces, written);
  }
  return {};
}

std::error_code File::write(std::span<const std::byte> bytes, std::uint64_t offset) {
  // iovec is for reading too, so it takes no const; nothing is written through it here.
  ::iovec piece{const_cast<std::byte*>(bytes.data()), bytes.size()};
  return write(std::span(&piece, 1), offset);
}

std::error_code File::read(std::span<std::byte> into, std::uint64_t offset, std::size_t& count) {
  count = 0;
  while (count < into.size()) {
    std::size_t some = 0;
    if (const std::error_code error = read_some(into.subspan(count), offset + count, some))
      return error;
    if (some == 0) break;
    count += some;
  }
  return {};
}

}  // namespace sluice::journal

#include "journal/segment_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "journal/crc32c.hpp"

namespace sluice::journal {
namespace {

constexpr std::string_view kPrefix = "segment-";
constexpr std::array<std::string_view, 3> kSuffixes{".log", ".ids", ".lost"};  // by FileKind
constexpr std::size_t kDigits = 10;

}  // namespace

std::uint32_t SegmentHeader::compute_crc() const noexcept {
  const auto whole = std::as_bytes(std::span(this, 1));
  return crc32c(0, whole.subspan(offsetof(SegmentHeader, journal)));
}

HeaderState read_segment_header(std::span<const std::byte> bytes, SegmentHeader& header) noexcept {
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic == SegmentHeader::kMagic) {
    if (header.version < SegmentHeader::kOldestVersion || header.version > SegmentHeader::kVersion)
      return HeaderState::other_version;
    return header.crc == header.compute_crc() ? HeaderState::valid : HeaderState::damaged;
  }
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  const bool is_blank = std::all_of(bytes.begin(), bytes.begin() + sizeof header, is_zero);
  return is_blank ? HeaderState::blank : HeaderState::damaged;
}

std::string file_name(FileKind kind, std::uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < kDigits) digits.insert(0, kDigits - digits.size(), '0');
  return std::string(kPrefix) + digits + std::string(kSuffixes[static_cast<std::size_t>(kind)]);
}

std::optional<NumberedFile> parse_file_name(std::string_view name) noexcept {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  NumberedFile file{};
  const char* const end = name.data() + name.size();
  const auto [behind, error] = std::from_chars(name.data(), end, file.number);
  if (error != std::errc{} || behind - name.data() < static_cast<std::ptrdiff_t>(kDigits))
    return std::nullopt;
  const std::string_view suffix(behind, static_cast<std::size_t>(end - behind));
  const auto at = std::ranges::find(kSuffixes, suffix);
  if (at == kSuffixes.end()) return std::nullopt;
  file.kind = static_cast<FileKind>(at - kSuffixes.begin());
  return file;
}

}  // namespace sluice::journal

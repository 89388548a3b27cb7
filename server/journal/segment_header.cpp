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

/// Whether no more than a beginning of it was ever written: the time at its end is missing.
bool is_unfinished(std::span<const std::byte> header) noexcept {
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  if (!std::ranges::all_of(header.subspan(offsetof(SegmentHeader, begun_at)), is_zero)) return false;
  const auto magic = std::as_bytes(std::span(&SegmentHeader::kMagic, 1));
  const auto [ours, other] = std::ranges::mismatch(magic, header);
  return ours == magic.end() || std::all_of(other, header.end(), is_zero);
}

}  // namespace

std::uint32_t SegmentHeader::compute_crc() const noexcept {
  const auto whole = std::as_bytes(std::span(this, 1));
  return crc32c(0, whole.subspan(offsetof(SegmentHeader, journal)));
}

HeaderState read_segment_header(std::span<const std::byte> bytes, SegmentHeader& header) noexcept {
  std::memcpy(&header, bytes.data(), sizeof header);
  const bool is_known = header.version >= SegmentHeader::kOldestVersion &&
                        header.version <= SegmentHeader::kVersion;
  const bool is_magic = header.magic == SegmentHeader::kMagic;
  if (is_magic && is_known && header.crc == header.compute_crc()) return HeaderState::valid;
  if (is_unfinished(bytes.first(sizeof header))) return HeaderState::blank;
  return is_magic && !is_known ? HeaderState::other_version : HeaderState::damaged;
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

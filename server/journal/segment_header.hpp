// The first page of a segment, and the names of the journal's files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "journal/sequence.hpp"

namespace sluice::journal {

/// Where the first record of a segment begins: a page, so that the header is never written again.
inline constexpr std::uint64_t kRecordsBegin = 4096;

struct SegmentHeader {
  static constexpr std::uint64_t kMagic = 0x4A656369756C73;  // "sluiceJ"
  // 2: ids that lie behind the JSON or have a scope, which a program that knows 1 would misread.
  static constexpr std::uint32_t kVersion = 2;
  static constexpr std::uint32_t kOldestVersion = 1;  // that is read

  std::uint64_t magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t crc = 0;  // of all that follows
  std::uint64_t journal = 0;  // of the data directory, so that files of two never mix
  std::uint64_t number = 0;
  std::uint64_t first = 0;  // sequence of the first event, and the end of the segment before
  std::uint64_t salt = 0;   // random: two lives of one file have nothing in common
  std::uint64_t bytes = 0;  // of the file
  std::int64_t begun_at = 0;  // microseconds since 1970

  std::uint32_t compute_crc() const noexcept;
};
static_assert(sizeof(SegmentHeader) == 64 &&
              std::has_unique_object_representations_v<SegmentHeader>);

enum class HeaderState : std::uint8_t {
  valid,
  blank,          // all zero, or a beginning only was written: nothing behind it was ever acknowledged
  other_version,  // of the format; nothing else of it is known
  damaged
};

/// Reads the 64 bytes at the front of `bytes` into `header`.
HeaderState read_segment_header(std::span<const std::byte> bytes, SegmentHeader& header) noexcept;

/// The files of a journal's directory: `segment-0000000042.log` and so on.
enum class FileKind : std::uint8_t {
  segment,  // .log
  index,    // .ids: ids and places of a segment that is full
  lost      // .lost: a segment whose events the operator has given up
};
std::string file_name(FileKind kind, std::uint64_t number);

struct NumberedFile {
  FileKind kind;
  std::uint64_t number;
};
/// Nothing: the name is none that file_name() gives.
std::optional<NumberedFile> parse_file_name(std::string_view name) noexcept;

inline constexpr std::string_view kSparePrefix = "spare-";      // recycled, not yet prepared
inline constexpr std::string_view kUnfinishedSuffix = ".tmp";  // being written: worthless

}  // namespace sluice::journal

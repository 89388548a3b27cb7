#include "journal/record.hpp"

#include <cstring>

#include "journal/crc32c.hpp"

namespace sluice::journal {

bool RecordHeader::is_plausible() const noexcept {
  return magic == kMagic && duplicates <= events && first != 0 && first + events >= first &&
         payload_bytes >= std::uint64_t{events} * sizeof(EventEntry) +
                              std::uint64_t{webhooks} * sizeof(std::uint32_t);
}

RecordHeader read_record_header(std::span<const std::byte> bytes) noexcept {
  RecordHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

std::uint32_t header_crc_of(std::span<const std::byte> head, std::uint32_t segment_crc) noexcept {
  return crc32c(segment_crc, head.subspan(offsetof(RecordHeader, first)));
}

}  // namespace sluice::journal

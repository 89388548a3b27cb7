// The layout of a record, little-endian, 8-byte aligned in its segment:
//
//   RecordHeader         64 bytes                              } covered by header_crc
//   duplicate bitmap     a bit an event, in words of 8 bytes   }
//   EventEntry[events]   16 bytes each   }
//   webhook numbers      4 bytes each    } the payload, covered by payload_crc
//   data                 of each event   }  its JSON, its id where the JSON does not hold it, and
//                                           the fingerprint of an id that has a scope, 16 bytes
//   padding to 8 bytes
//
// A record is bound to the segment that it was written into: header_crc begins with the checksum of
// the segment's header, which holds a random salt, so that what a recycled file held before is never
// believed. It is bound to its place by `previous`, the header_crc of the record before it, so that
// what lies behind a tail that was cut off is not believed either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "journal/batch.hpp"
#include "journal/sequence.hpp"

namespace sluice::journal {

inline constexpr std::size_t kRecordAlignment = 8;

struct RecordHeader {
  static constexpr std::uint32_t kMagic = 0x4A524C53;  // "SLRJ"

  std::uint32_t magic = kMagic;
  std::uint32_t header_crc = 0;  // of all that follows, and of the bitmap
  std::uint64_t first = 0;       // sequence of the first event
  std::int64_t accepted_at = 0;  // microseconds since 1970
  std::uint32_t organisation = 0;
  std::uint32_t events = 0;
  std::uint32_t duplicates = 0;  // events whose bit is set
  std::uint32_t webhooks = 0;    // numbers, of all events
  std::uint32_t payload_bytes = 0;
  std::uint32_t payload_crc = 0;
  std::uint32_t previous = 0;
  /// How much of the segment was on the disk before this record was written: what is wrong below
  /// that point is damage, what is wrong behind it may be a torn tail.
  std::uint32_t durable_bytes = 0;
  std::uint64_t reserved = 0;

  std::uint64_t bitmap_bytes() const noexcept { return (std::uint64_t{events} + 63) / 64 * 8; }
  /// Header and bitmap.
  std::uint64_t head_bytes() const noexcept { return sizeof(RecordHeader) + bitmap_bytes(); }
  /// The whole record.
  std::uint64_t record_bytes() const noexcept {
    return (head_bytes() + payload_bytes + kRecordAlignment - 1) / kRecordAlignment *
           kRecordAlignment;
  }
  /// Whether the numbers can be those of a record.
  bool is_plausible() const noexcept;
};
static_assert(sizeof(RecordHeader) == 64 && std::has_unique_object_representations_v<RecordHeader>);
static_assert(sizeof(EventEntry) == 16 && std::has_unique_object_representations_v<EventEntry>);

/// The header at the front of `bytes`, which are 64 or more.
RecordHeader read_record_header(std::span<const std::byte> bytes) noexcept;

/// header_crc of `head`, the header and its bitmap, in a segment whose header has `segment_crc`.
std::uint32_t header_crc_of(std::span<const std::byte> head, std::uint32_t segment_crc) noexcept;

}  // namespace sluice::journal

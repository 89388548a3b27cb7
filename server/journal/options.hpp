// What an operator may choose about a journal.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace sluice::journal {

enum class Durability : std::uint8_t {
  fsync,  // acknowledged events survive a power cut
  os      // they survive the end of the process; the disk follows about a second later
};

struct Options {
  std::filesystem::path directory;  // made when it is missing
  Durability durability = Durability::fsync;
  /// Size of a segment, 64 KiB to 1 GiB. An existing segment keeps the size that it has.
  std::uint64_t segment_bytes = std::uint64_t{64} << 20U;
  /// Events that nobody is owed any more are kept this long, and at most this many bytes of them.
  std::chrono::seconds retention_age = std::chrono::hours{72};
  std::uint64_t retention_bytes = std::uint64_t{10} << 30U;
  /// A caller's event id is remembered this long, and at most this many of them.
  std::chrono::seconds id_window_age = std::chrono::hours{24};
  std::size_t id_window_ids = 10'000'000;
  /// Bytes from the release point to the newest event, beyond which has_room() is false.
  std::uint64_t backlog_limit_bytes = std::uint64_t{8} << 30U;
  /// Bytes of batches that wait to be written, beyond which has_room() is false.
  std::uint64_t queue_limit_bytes = std::uint64_t{64} << 20U;
  /// How much of the newest segments is read and checked in full when the journal opens. What is
  /// older is checked when it is read.
  std::uint64_t verified_bytes = std::uint64_t{1} << 30U;
  /// How often retention looks for what may go, a disk that refuses is tried again, and with
  /// durability `os` the disk is made to follow.
  std::chrono::milliseconds upkeep_interval{1000};
};

}  // namespace sluice::journal

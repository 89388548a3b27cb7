// Events on their way into the journal: one record, encoded and checksummed on the caller's thread,
// so that the one writer has nothing left to do for each event but to look for duplicates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "journal/fingerprint.hpp"

namespace sluice::journal {

/// Where an event's parts end in a record; the next one's begin there.
struct EventEntry {
  static constexpr std::uint16_t kIdBehind = 1;           // the JSON does not hold the id
  static constexpr std::uint16_t kFingerprintBehind = 2;  // of the id, which has a scope

  std::uint32_t data_end;      // of its JSON and what is behind it, the id first
  std::uint32_t webhooks_end;  // in webhooks, not bytes
  std::uint32_t id_offset;     // from the beginning of its data
  std::uint16_t id_bytes;      // 0: the caller gave none
  std::uint16_t behind;        // the bits above
};

/// A caller's id, for the search for duplicates. One with a scope is followed by the same without it,
/// by which its event is found.
struct GivenId {
  std::uint32_t index;    // of its event in the batch
  bool is_for_find_only;  // it makes no duplicate
  Fingerprint fingerprint;
};

/// A finished record without the parts that the writer knows: sequence, duplicates, place.
struct Batch {
  std::uint32_t organisation = 0;
  base::Time accepted_at{};
  std::uint32_t payload_crc = 0;
  std::vector<EventEntry> entries;
  std::vector<std::uint32_t> webhooks;
  std::string data;
  std::vector<GivenId> given_ids;

  std::size_t size() const noexcept { return entries.size(); }
  /// Of the whole record, as it will lie in the segment.
  std::size_t record_bytes() const noexcept;
};

/// Makes batches, one after the other. Journal::make_builder() makes builders.
/// Thread safety: one thread at a time.
class BatchBuilder {
 public:
  BatchBuilder(const IdKey& key, std::size_t max_record_bytes) noexcept;

  /// Begins a batch of `organisation`'s events; what was not finished is forgotten. Makes room at
  /// once for so many events with `data_bytes` of JSON, as a guess: a batch that grows by and by is
  /// copied, and its pages are new, again and again. Errors: std::bad_alloc.
  void start(std::uint32_t organisation, base::Time accepted_at, std::size_t events = 0,
             std::size_t data_bytes = 0);

  /// Appends an event. `given_id` is the caller's event id, at most 128 bytes, or empty; it costs no
  /// room when it is a part of `json`. `webhooks` are the numbers of those that it is owed to. Two
  /// ids are the same within a `scope` only: of a CloudEvent its source, of other events none.
  /// False: the record would no longer fit into a segment and is as it was; finish() it first. An
  /// event that does not fit into an empty batch fits into none. Callers who finish at about 1 MiB
  /// meet this with absurd numbers of webhooks only.
  /// Errors: std::bad_alloc, and then the batch is to be started again.
  [[nodiscard]] bool add(std::string_view json, std::string_view given_id,
                         std::span<const std::uint32_t> webhooks, std::string_view scope = {});

  std::size_t size() const noexcept { return batch_.size(); }
  bool is_empty() const noexcept { return batch_.size() == 0; }
  /// Of the record so far.
  std::size_t record_bytes() const noexcept { return batch_.record_bytes(); }

  /// The batch, with its checksum. The builder is to be started again.
  Batch finish();

 private:
  IdKey key_;
  std::size_t max_record_bytes_;
  Batch batch_;
};

}  // namespace sluice::journal

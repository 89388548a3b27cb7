#include "journal/batch.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "journal/crc32c.hpp"
#include "journal/record.hpp"

namespace sluice::journal {
namespace {

/// Where in `json` the bytes of `part` lie, when they are a part of it.
std::optional<std::size_t> offset_within(std::string_view json, std::string_view part) noexcept {
  const std::less_equal<const char*> is_before{};  // pointers into two objects have no `<` of their own
  const bool is_within =
      is_before(json.data(), part.data()) &&
      is_before(part.data() + part.size(), json.data() + json.size());
  if (!is_within) return std::nullopt;
  return static_cast<std::size_t>(part.data() - json.data());
}

RecordHeader header_of(std::size_t events, std::size_t webhooks, std::size_t data_bytes) noexcept {
  RecordHeader header;
  header.events = static_cast<std::uint32_t>(events);
  header.webhooks = static_cast<std::uint32_t>(webhooks);
  header.payload_bytes = static_cast<std::uint32_t>(events * sizeof(EventEntry) +
                                                    webhooks * sizeof(std::uint32_t) + data_bytes);
  return header;
}

}  // namespace

std::size_t Batch::record_bytes() const noexcept {
  return header_of(entries.size(), webhooks.size(), data.size()).record_bytes();
}

BatchBuilder::BatchBuilder(const IdKey& key, std::size_t max_record_bytes) noexcept
    : key_(key), max_record_bytes_(max_record_bytes) {}

void BatchBuilder::start(std::uint32_t organisation, base::Time accepted_at, std::size_t events,
                         std::size_t data_bytes) {
  batch_.organisation = organisation;
  batch_.accepted_at = accepted_at;
  batch_.entries.clear();
  batch_.webhooks.clear();
  batch_.data.clear();
  batch_.given_ids.clear();
  batch_.entries.reserve(events);
  batch_.data.reserve(std::min(data_bytes, max_record_bytes_));
}

bool BatchBuilder::add(std::string_view json, std::string_view given_id,
                       std::span<const std::uint32_t> webhooks, std::string_view scope) {
  const auto id_offset = given_id.empty() ? 0 : offset_within(json, given_id);
  const bool has_scope = !given_id.empty() && !scope.empty();
  const std::size_t added =
      json.size() + (id_offset ? 0 : given_id.size()) + (has_scope ? sizeof(Fingerprint) : 0);
  // Each part is looked at on its own first, so that no sum wraps.
  if (added > max_record_bytes_ || webhooks.size() > max_record_bytes_ / sizeof(std::uint32_t))
    return false;
  const std::size_t events = batch_.entries.size() + 1;
  const std::size_t numbers = batch_.webhooks.size() + webhooks.size();
  const std::size_t payload = events * sizeof(EventEntry) + numbers * sizeof(std::uint32_t) +
                              batch_.data.size() + added;
  if (payload > max_record_bytes_ ||
      header_of(events, numbers, batch_.data.size() + added).record_bytes() > max_record_bytes_)
    return false;

  batch_.data += json;
  if (!id_offset) batch_.data += given_id;
  if (!given_id.empty()) {
    // Who gives one event an id gives most of them one.
    if (batch_.given_ids.empty()) batch_.given_ids.reserve(batch_.entries.capacity());
    const auto index = static_cast<std::uint32_t>(events - 1);
    const Fingerprint own = key_.fingerprint(batch_.organisation, given_id);
    if (has_scope) {
      const Fingerprint scoped = key_.fingerprint(batch_.organisation, given_id, scope);
      batch_.given_ids.push_back({index, false, scoped});
      batch_.data.append(reinterpret_cast<const char*>(&scoped), sizeof scoped);
    }
    batch_.given_ids.push_back({index, has_scope, own});
  }
  batch_.webhooks.insert(batch_.webhooks.end(), webhooks.begin(), webhooks.end());
  batch_.entries.push_back({static_cast<std::uint32_t>(batch_.data.size()),
                            static_cast<std::uint32_t>(numbers),
                            static_cast<std::uint32_t>(id_offset.value_or(json.size())),
                            static_cast<std::uint16_t>(given_id.size()),
                            static_cast<std::uint16_t>(
                                (id_offset ? 0 : EventEntry::kIdBehind) |
                                (has_scope ? EventEntry::kFingerprintBehind : 0))});
  return true;
}

Batch BatchBuilder::finish() {
  std::uint32_t crc = crc32c(0, std::as_bytes(std::span(batch_.entries)));
  crc = crc32c(crc, std::as_bytes(std::span(batch_.webhooks)));
  batch_.payload_crc = crc32c(crc, std::as_bytes(std::span(batch_.data)));
  return std::exchange(batch_, {});
}

}  // namespace sluice::journal

#include "journal/segment_index.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "journal/crc32c.hpp"
#include "journal/segment_header.hpp"

namespace sluice::journal {
namespace {

struct IndexHeader {
  static constexpr std::uint64_t kMagic = 0x49656369756C73;  // "sluiceI"
  static constexpr std::uint32_t kVersion = 2;        // 2: ids for finding only
  static constexpr std::uint32_t kOldestVersion = 1;  // that is read

  std::uint64_t magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t crc = 0;  // of what follows in the header
  std::uint64_t number = 0;
  std::uint64_t first = 0;
  std::uint64_t next = 0;
  std::uint64_t end_offset = 0;
  std::int64_t newest_at = 0;
  std::uint32_t segment_crc = 0;
  std::uint32_t places = 0;
  std::uint32_t ids = 0;
  std::uint32_t places_crc = 0;
  std::uint32_t ids_crc = 0;  // of ids and sequences
  std::uint32_t find_only_ids = 0;  // of the ids

  std::uint32_t compute_crc() const noexcept {
    return crc32c(0, std::as_bytes(std::span(this, 1)).subspan(offsetof(IndexHeader, number)));
  }
  bool is_valid() const noexcept {
    return magic == kMagic && version >= kOldestVersion && version <= kVersion &&
           crc == compute_crc();
  }
  std::uint64_t ids_offset() const noexcept {
    return sizeof(IndexHeader) + std::uint64_t{places} * sizeof(std::uint64_t);
  }
  std::uint64_t sequences_offset() const noexcept {
    return ids_offset() + std::uint64_t{ids} * sizeof(Fingerprint);
  }
  std::uint64_t file_bytes() const noexcept {
    return sequences_offset() + std::uint64_t{ids} * sizeof(std::uint32_t);
  }
};
static_assert(sizeof(IndexHeader) == 80 && std::has_unique_object_representations_v<IndexHeader>);

// In the sequence of an id that makes no duplicate. A segment holds fewer events than that.
constexpr std::uint32_t kFindOnly = std::uint32_t{1} << 31U;

struct StoredPlace {
  std::uint32_t delta;
  std::uint32_t offset;
};

template <class T>
std::span<const std::byte> bytes_of(const std::vector<T>& items) {
  return std::as_bytes(std::span(items));
}

struct Body {
  std::vector<StoredPlace> places;
  std::vector<Fingerprint> ids;
  std::vector<std::uint32_t> deltas;

  std::uint32_t places_crc() const { return crc32c(0, bytes_of(places)); }
  std::uint32_t ids_crc() const { return crc32c(crc32c(0, bytes_of(ids)), bytes_of(deltas)); }
};

Body body_of(const SegmentIndex& index) {
  Body body;
  for (const Place& place : index.places)
    body.places.push_back({static_cast<std::uint32_t>(place.first - index.first),
                           static_cast<std::uint32_t>(place.offset)});
  body.ids.reserve(index.ids.size());
  body.deltas.reserve(index.ids.size());
  for (const IndexedId& id : index.ids) {
    body.ids.push_back(id.id);
    body.deltas.push_back(static_cast<std::uint32_t>(id.sequence - index.first) |
                          (id.is_for_find_only ? kFindOnly : 0U));
  }
  return body;
}

IndexHeader header_of(const SegmentIndex& index, const Body& body) {
  IndexHeader header;
  header.number = index.number;
  header.first = index.first;
  header.next = index.end.next;
  header.end_offset = index.end.offset;
  header.newest_at = index.end.newest_at.time_since_epoch().count();
  header.segment_crc = index.segment_crc;
  header.places = static_cast<std::uint32_t>(body.places.size());
  header.ids = static_cast<std::uint32_t>(body.ids.size());
  header.find_only_ids =
      static_cast<std::uint32_t>(index.ids.size() - count_given(index.ids));
  header.places_crc = body.places_crc();
  header.ids_crc = body.ids_crc();
  header.crc = header.compute_crc();
  return header;
}

struct OpenIndex {
  std::unique_ptr<File> file;
  IndexHeader header;

  template <class T>
  bool read(std::vector<T>& items, std::size_t count, std::uint64_t offset) {
    items.resize(count);
    return read(std::span<T>(items), offset);
  }
  template <class T>
  bool read(std::span<T> items, std::uint64_t offset) {
    std::size_t bytes = 0;
    return !file->read(std::as_writable_bytes(items), offset, bytes) && bytes == items.size_bytes();
  }
};

std::optional<OpenIndex> open_index(FileSystem& file_system,
                                    const std::filesystem::path& directory, std::uint64_t number) {
  OpenIndex index;
  std::uint64_t bytes = 0;
  const auto path = directory / file_name(FileKind::index, number);
  if (file_system.open(path, OpenMode::read, index.file) ||
      !index.read(std::span(&index.header, 1), 0) || !index.header.is_valid() ||
      index.header.number != number || index.file->size(bytes) ||
      bytes != index.header.file_bytes())
    return std::nullopt;
  return index;
}

constexpr std::size_t kPage = 256;  // ids, 4 KiB

}  // namespace

std::error_code write_index(FileSystem& file_system, const std::filesystem::path& directory,
                            SegmentIndex& index) {
  std::ranges::sort(index.ids, [](const IndexedId& a, const IndexedId& b) {
    return a.id != b.id ? a.id < b.id : a.sequence < b.sequence;
  });
  const Body body = body_of(index);
  const IndexHeader header = header_of(index, body);
  std::array<::iovec, 4> pieces{};
  std::size_t count = 0;
  for (const auto part : {std::as_bytes(std::span(&header, 1)), bytes_of(body.places),
                          bytes_of(body.ids), bytes_of(body.deltas)})
    // iovec is for reading too, so it takes no const; nothing is written through it here.
    pieces[count++] = {const_cast<std::byte*>(part.data()), part.size()};

  const auto path = directory / file_name(FileKind::index, index.number);
  auto unfinished = path;
  unfinished += kUnfinishedSuffix;
  file_system.remove(unfinished);  // usually there is none
  std::unique_ptr<File> file;
  if (const auto error = file_system.open(unfinished, OpenMode::create, file)) return error;
  if (const auto error = file->write(pieces, 0)) return error;
  if (const auto error = file->sync()) return error;
  return file_system.rename(unfinished, path);
}

std::optional<SegmentIndex> read_index(FileSystem& file_system,
                                       const std::filesystem::path& directory,
                                       std::uint64_t number) {
  auto file = open_index(file_system, directory, number);
  if (!file) return std::nullopt;
  const IndexHeader& header = file->header;
  std::vector<StoredPlace> places;
  if (!file->read(places, header.places, sizeof header) ||
      crc32c(0, bytes_of(places)) != header.places_crc)
    return std::nullopt;
  SegmentIndex index;
  index.number = header.number;
  index.segment_crc = header.segment_crc;
  index.first = header.first;
  index.end = {header.next, header.end_offset,
               base::Time{std::chrono::microseconds{header.newest_at}}};
  index.id_count = header.ids - header.find_only_ids;
  index.places.reserve(places.size());
  for (const StoredPlace& place : places)
    index.places.push_back({index.first + place.delta, place.offset});
  return index;
}

std::optional<std::vector<IndexedId>> read_indexed_ids(FileSystem& file_system,
                                                       const std::filesystem::path& directory,
                                                       std::uint64_t number) {
  auto file = open_index(file_system, directory, number);
  if (!file) return std::nullopt;
  const IndexHeader& header = file->header;
  Body body;
  if (!file->read(body.ids, header.ids, header.ids_offset()) ||
      !file->read(body.deltas, header.ids, header.sequences_offset()) ||
      body.ids_crc() != header.ids_crc)
    return std::nullopt;
  std::vector<IndexedId> ids;
  ids.reserve(body.ids.size());
  for (std::size_t i = 0; i < body.ids.size(); ++i)
    ids.push_back({body.ids[i], header.first + (body.deltas[i] & ~kFindOnly),
                   (body.deltas[i] & kFindOnly) != 0});
  return ids;
}

// Fingerprints are evenly spread, so the place of one is known to about the square root of how many
// there are: a page around the guess nearly always holds it, and halving goes on from there.
std::optional<Sequence> find_in_index(FileSystem& file_system,
                                      const std::filesystem::path& directory, std::uint64_t number,
                                      const Fingerprint& id) {
  auto file = open_index(file_system, directory, number);
  if (!file) return std::nullopt;
  const IndexHeader& header = file->header;
  std::array<Fingerprint, kPage> page;
  std::uint64_t low = 0;
  std::uint64_t high = header.ids;
  std::uint64_t guess = ((id.high >> 32U) * high) >> 32U;
  while (low < high) {
    const std::uint64_t begin = std::max(low, guess - std::min<std::uint64_t>(guess, kPage / 2));
    const std::uint64_t wanted = std::min<std::uint64_t>(high - begin, kPage);
    const std::span<Fingerprint> ids(page.data(), static_cast<std::size_t>(wanted));
    if (!file->read(ids, header.ids_offset() + begin * sizeof(Fingerprint))) return std::nullopt;
    // The newest of equals: an id that was forgotten and came again.
    const auto behind = std::ranges::upper_bound(ids, id);
    if (behind == ids.begin()) {
      high = begin;
    } else if (behind == ids.end() && begin + wanted < high) {
      low = begin + wanted - 1;
    } else {
      if (*std::prev(behind) != id) return std::nullopt;
      const auto at = begin + static_cast<std::uint64_t>(behind - ids.begin()) - 1;
      std::uint32_t delta = 0;
      if (!file->read(std::span(&delta, 1), header.sequences_offset() + at * sizeof delta))
        return std::nullopt;
      return header.first + (delta & ~kFindOnly);
    }
    guess = low + (high - low) / 2;
  }
  return std::nullopt;
}

}  // namespace sluice::journal

#include "journal/journal.hpp"

#include <algorithm>
#include <utility>

#include "journal/cursor_state.hpp"
#include "journal/event_finder.hpp"
#include "journal/journal_error.hpp"
#include "journal/journal_keys.hpp"
#include "journal/recovery.hpp"
#include "journal/room.hpp"
#include "journal/upkeep.hpp"
#include "journal/writer.hpp"

namespace sluice::journal {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMinSegment = std::uint64_t{64} << 10U;
constexpr std::uint64_t kMaxSegment = std::uint64_t{1} << 30U;

Options checked(Options options) {
  options.segment_bytes = std::clamp(options.segment_bytes, kMinSegment, kMaxSegment) / kPage * kPage;
  return options;
}

std::unique_ptr<FileLock> lock_directory(FileSystem& file_system,
                                         const std::filesystem::path& directory) {
  if (const std::error_code error = file_system.make_directory(directory))
    throw JournalError(directory.string() + " cannot be made: " + error.message());
  std::unique_ptr<FileLock> lock;
  const auto path = directory / "lock";
  const std::error_code error = file_system.lock(path, lock);
  if (error == std::errc::resource_unavailable_try_again)
    throw JournalError("another process uses the journal in " + directory.string() + " (it holds " +
                       path.string() + "): stop it first, or choose another directory");
  if (error) throw JournalError(path.string() + " cannot be locked: " + error.message());
  return lock;
}

bool holds_segments(FileSystem& file_system, const std::filesystem::path& directory) {
  std::vector<std::string> names;
  if (const std::error_code error = file_system.list(directory, names))
    throw JournalError(directory.string() + " cannot be read: " + error.message());
  return std::ranges::any_of(names, [](const std::string& name) {
    const auto file = parse_file_name(name);
    return file && file->kind != FileKind::index;
  });
}

}  // namespace

class Journal::Impl {
 public:
  Impl(const Options& options, const base::Clock& clock, base::Random& random,
       FileSystem& file_system);
  ~Impl() {
    if (writer_) writer_->stop();  // while segments are still prepared for it
  }

  void release_below(Sequence sequence);

  const Options options;
  const std::unique_ptr<FileLock> lock;
  const JournalKeys keys;
  SegmentList segments;
  SegmentSupply supply;
  Room room;
  const EventFinder finder;

  Writer& writer() noexcept { return *writer_; }

 private:
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Upkeep> upkeep_;
};

Journal::Impl::Impl(const Options& given, const base::Clock& clock, base::Random& random,
                    FileSystem& file_system)
    : options(checked(given)),
      lock(lock_directory(file_system, options.directory)),
      keys(open_keys(file_system, options.directory, random,
                     holds_segments(file_system, options.directory) ? MissingKeys::refuse
                                                                    : MissingKeys::make)),
      supply(file_system, options.directory, options.segment_bytes),
      room(options.backlog_limit_bytes, options.queue_limit_bytes),
      finder(segments, file_system, options.directory, keys) {
  Recovered recovered = recover(file_system, options, keys, clock);
  for (auto& segment : recovered.segments) {
    segments.reserve();
    segments.add(std::move(segment));
  }
  supply.restore(std::move(recovered.prepared), std::move(recovered.spares),
                 recovered.next_number);
  room.set_released(segments.bytes_below(recovered.position.next));
  SegmentWriter segment_writer(segments, file_system, clock, random, keys.journal,
                               options.durability);
  segment_writer.resume(std::move(recovered.position));
  Retention retention(options, file_system, segments, supply);
  retention.restore(std::move(recovered.left_over_indexes));
  writer_ = std::make_unique<Writer>(
      Writer::Parts{segments, supply, room, clock, options.upkeep_interval},
      std::move(segment_writer), DuplicateFilter(std::move(recovered.ids)));
  upkeep_ = std::make_unique<Upkeep>(
      Upkeep::Parts{options, file_system, segments, supply, *writer_, clock},
      std::move(retention));
  writer_->start(*upkeep_);
  upkeep_->start();
}

void Journal::Impl::release_below(Sequence sequence) {
  upkeep_->release_below(sequence);
  room.set_released(segments.bytes_below(sequence));
  room.listener().tell();
}

Journal::Journal(const Options& options, const base::Clock& clock, base::Random& random)
    : Journal(options, clock, random, posix_file_system()) {}

Journal::Journal(const Options& options, const base::Clock& clock, base::Random& random,
                 FileSystem& file_system)
    : impl_(std::make_unique<Impl>(options, clock, random, file_system)) {}

Journal::~Journal() = default;

BatchBuilder Journal::make_builder() const {
  return {impl_->keys.id_key,
          static_cast<std::size_t>(impl_->options.segment_bytes - kRecordsBegin)};
}

void Journal::append(Batch batch, AppendCallback callback) {
  impl_->writer().append(std::move(batch), std::move(callback));
}

bool Journal::has_room() const noexcept { return impl_->room.has_room(); }
std::error_code Journal::refusal() const { return impl_->writer().refusal(); }

Cursor Journal::cursor(Sequence from, Wanted wanted) const {
  return Cursor(std::make_unique<Cursor::State>(impl_->segments, from, wanted));
}

std::optional<StoredEvent> Journal::find(std::uint32_t organisation,
                                         std::string_view event_id) const {
  return impl_->finder.find(organisation, event_id);
}

std::optional<StoredEvent> Journal::read_event(Sequence sequence) const {
  return impl_->finder.read(sequence);
}

std::string Journal::event_id(const EventView& event) const {
  return event.given_id.empty() ? impl_->keys.event_ids.to_text(event.sequence)
                                : std::string(event.given_id);
}

void Journal::release_below(Sequence sequence) { impl_->release_below(sequence); }

Sequence Journal::crowded_below() const {
  const std::uint64_t bytes = impl_->room.crowded_bytes();
  return bytes == 0 ? 0 : impl_->segments.event_at(bytes);
}

void Journal::set_commit_listener(std::function<void(Sequence)> listener) {
  impl_->writer().listener().set(std::move(listener));
}

void Journal::set_room_listener(std::function<void()> listener) {
  impl_->room.listener().set(std::move(listener));
}

JournalStats Journal::stats() const {
  JournalStats stats;
  const SegmentTotals totals = impl_->segments.totals();
  stats.disk_bytes = totals.file_bytes;
  stats.first = totals.first;
  stats.committed_through = totals.next - 1;
  stats.segments = totals.segments;
  stats.backlog_bytes = impl_->room.backlog_bytes();
  stats.queued_bytes = impl_->room.queued_bytes();
  stats.commits = impl_->writer().commits();
  stats.commit_durations = impl_->writer().commit_durations();
  stats.remembered_ids = impl_->writer().remembered_ids();
  stats.refusal = refusal();
  return stats;
}

}  // namespace sluice::journal

#include "journal/progress_log.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <type_traits>

#include "journal/crc32c.hpp"
#include "journal/file_system.hpp"
#include "journal/journal_error.hpp"
#include "journal/segment_header.hpp"

namespace sluice::journal {
namespace {

constexpr Sequence kForgotten = std::numeric_limits<Sequence>::max();
constexpr std::size_t kChunkEntries = 65'536;
constexpr std::uint64_t kSmallFile = std::uint64_t{64} << 10U;  // not worth rewriting
constexpr std::uint64_t kWaste = 4;                             // times what is needed

/// One entry of the file; the first one names the format.
struct Entry {
  std::uint32_t channel = 0;
  std::uint32_t crc = 0;  // of the other two
  std::uint64_t done_through = 0;

  std::uint32_t compute_crc() const noexcept {
    const std::uint32_t crc_of_channel = crc32c(0, std::as_bytes(std::span(&channel, 1)));
    return crc32c(crc_of_channel, std::as_bytes(std::span(&done_through, 1)));
  }
};
static_assert(sizeof(Entry) == 16 && std::has_unique_object_representations_v<Entry>);

constexpr std::uint32_t kFormatMark = 0xFFFF'FFFF;
constexpr std::uint64_t kFormat = 0x0150'6563'6975'6C73;  // "sluiceP", 1

Entry entry_of(std::uint32_t channel, Sequence done_through) noexcept {
  Entry entry{channel, 0, done_through};
  entry.crc = entry.compute_crc();
  return entry;
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw JournalError(path.string() + " " + what);
}

}  // namespace

ProgressLog::ProgressLog(const std::filesystem::path& path, Sequence committed_through)
    : ProgressLog(path, committed_through, posix_file_system()) {}

ProgressLog::ProgressLog(const std::filesystem::path& path, Sequence committed_through,
                         FileSystem& file_system)
    : path_(path), file_system_(file_system) {
  std::error_code error = file_system_.open(path_, OpenMode::write, file_);
  if (error == std::errc::no_such_file_or_directory) {
    error = rewrite();
    if (error) fail(path_, "cannot be written: " + error.message());
    return;
  }
  if (error) fail(path_, "cannot be opened: " + error.message());
  load(committed_through);
}

ProgressLog::~ProgressLog() = default;

// What is not an entry is passed over: pages that a power cut has left out are zero, and what lies
// behind them was true when it was written. A channel never goes back, so its largest entry counts.
void ProgressLog::load(Sequence committed_through) {
  std::vector<Entry> chunk(kChunkEntries);
  bool is_first = true;
  for (std::size_t count = 0;; bytes_ += count) {
    if (const auto error = file_->read(std::as_writable_bytes(std::span(chunk)), bytes_, count))
      fail(path_, "cannot be read: " + error.message());
    count -= count % sizeof(Entry);  // a torn entry is written over
    if (count == 0) break;
    for (const Entry& entry : std::span(chunk).first(count / sizeof(Entry))) {
      const bool is_valid = entry.crc == entry.compute_crc();
      if (is_valid && entry.channel == kFormatMark) {
        if (entry.done_through != kFormat) fail(path_, "has a format that this program does not know");
      } else if (is_first) {
        fail(path_, "is no progress log, or its first entry is damaged: restore it from a copy, or "
                    "move it away, and what is still in the journal is delivered again");
      } else if (is_valid) {
        Sequence& done = channels_[entry.channel];
        done = std::max(done, entry.done_through);
      }
      is_first = false;
    }
  }
  std::erase_if(channels_, [](const auto& channel) { return channel.second == kForgotten; });
  for (auto& [channel, done] : channels_) done = std::min(done, committed_through);
  if (bytes_ == 0)
    if (const auto error = rewrite()) fail(path_, "cannot be written: " + error.message());
}

void ProgressLog::note(std::uint32_t channel, Sequence done_through) {
  Sequence& done = channels_[channel];
  if (done_through <= done) return;
  changed_.push_back(channel);
  done = done_through;
}

void ProgressLog::forget(std::uint32_t channel) {
  if (channels_.erase(channel) != 0) changed_.push_back(channel);
}

std::error_code ProgressLog::write() {
  if (const std::error_code error = append()) return error;
  const std::uint64_t needed = (channels_.size() + 1) * sizeof(Entry);
  if (bytes_ <= kSmallFile || bytes_ <= kWaste * needed) return {};
  return rewrite();
}

std::error_code ProgressLog::append() {
  if (changed_.empty()) return {};
  std::ranges::sort(changed_);
  changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
  std::vector<Entry> entries;
  entries.reserve(changed_.size());
  for (const std::uint32_t channel : changed_) {
    const auto found = channels_.find(channel);
    entries.push_back(entry_of(channel, found == channels_.end() ? kForgotten : found->second));
  }
  const auto bytes = std::as_bytes(std::span(entries));
  if (const std::error_code error = file_->write(bytes, bytes_)) return error;
  bytes_ += bytes.size();
  changed_.clear();
  return {};
}

/// The file anew, with what counts. It is there as a whole or not at all, also when the power goes.
std::error_code ProgressLog::rewrite() {
  std::vector<Entry> entries;
  entries.reserve(channels_.size() + 1);
  entries.push_back(entry_of(kFormatMark, kFormat));
  for (const auto& [channel, done_through] : channels_)
    entries.push_back(entry_of(channel, done_through));
  const auto bytes = std::as_bytes(std::span(entries));
  auto unfinished = path_;
  unfinished += kUnfinishedSuffix;
  file_system_.remove(unfinished);  // usually there is none
  std::unique_ptr<File> file;
  if (const auto error = file_system_.open(unfinished, OpenMode::create, file)) return error;
  if (const auto error = file->write(bytes, 0)) return error;
  if (const auto error = file->sync()) return error;
  if (const auto error = file_system_.rename(unfinished, path_)) return error;
  file_ = std::move(file);
  bytes_ = bytes.size();
  return {};
}

}  // namespace sluice::journal

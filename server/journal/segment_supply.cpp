#include "journal/segment_supply.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "journal/segment_header.hpp"

namespace sluice::journal {
namespace {

constexpr std::size_t kZeroBytes = std::size_t{64} << 10U;
constexpr std::size_t kFillBytes = std::size_t{1} << 20U;
// The disk is made to take what was filled so far every so often: a commit that comes meanwhile waits
// for no more than this.
constexpr std::uint64_t kFillSyncBytes = std::uint64_t{8} << 20U;

constexpr std::array<std::byte, kZeroBytes> kZeros{};

/// At most kFillBytes.
std::error_code write_zeros(File& file, std::uint64_t offset, std::uint64_t bytes) {
  std::array<::iovec, kFillBytes / kZeroBytes> pieces{};
  for (::iovec& piece : pieces) {
    // iovec is for reading too, so it takes no const.
    piece = {const_cast<std::byte*>(kZeros.data()), std::min<std::size_t>(bytes, kZeroBytes)};
    bytes -= piece.iov_len;
  }
  return file.write(pieces, offset);
}

}  // namespace

void SegmentSupply::restore(std::vector<PreparedSegment> prepared,
                            std::vector<std::filesystem::path> spares, std::uint64_t next_number) {
  const base::MutexLock lock(mutex_);
  prepared_.assign(std::make_move_iterator(prepared.begin()),
                   std::make_move_iterator(prepared.end()));
  spares_.assign(std::make_move_iterator(spares.begin()), std::make_move_iterator(spares.end()));
  next_number_ = next_number;
}

std::error_code SegmentSupply::take(PreparedSegment& segment, bool may_wait) {
  const base::MutexLock lock(mutex_);
  for (;;) {
    if (!prepared_.empty()) {
      segment = std::move(prepared_.front());
      prepared_.pop_front();
      return {};
    }
    if (error_) return error_;
    if (!may_wait) return std::make_error_code(std::errc::operation_in_progress);
    changed_.wait(mutex_);
  }
}

bool SegmentSupply::is_short() const {
  const base::MutexLock lock(mutex_);
  return prepared_.size() < kReserve;
}

std::error_code SegmentSupply::prepare_one() {
  PreparedSegment segment;
  const std::error_code error = prepare(segment);
  const base::MutexLock lock(mutex_);
  error_ = error;
  if (!error) prepared_.push_back(std::move(segment));
  changed_.notify_all();
  return error;
}

/// The file gets the segment's name only when it is whole and on the disk.
std::error_code SegmentSupply::prepare(PreparedSegment& segment) {
  const std::uint64_t number = next_number_;
  segment = {number, bytes_, directory_ / file_name(FileKind::segment, number), nullptr};
  std::unique_ptr<File> file;
  std::filesystem::path made;
  while (!spares_.empty() && !file) {
    made = std::move(spares_.back());
    spares_.pop_back();
    fewest_spares_ = std::min(fewest_spares_, spares_.size());
    if (clean_spare(made, file)) file_system_.remove(made);
  }
  if (!file) {
    made = segment.path;
    made += kUnfinishedSuffix;
    if (const auto error = make_file(made, file)) {
      file.reset();
      file_system_.remove(made);  // gives back the room that there was
      return error;
    }
  }
  if (const auto error = file_system_.rename(made, segment.path)) return error;
  if (const auto error = file_system_.sync_directory(directory_)) return error;
  segment.file = std::move(file);
  next_number_ = number + 1;
  return {};
}

std::error_code SegmentSupply::make_file(const std::filesystem::path& path,
                                         std::unique_ptr<File>& file) {
  file_system_.remove(path);  // of an earlier attempt
  if (const auto error = file_system_.open(path, OpenMode::create, file)) return error;
  if (const auto error = file->reserve(bytes_)) return error;
  for (std::uint64_t offset = 0; offset < bytes_;) {
    const std::uint64_t bytes = std::min<std::uint64_t>(bytes_ - offset, kFillBytes);
    if (const auto error = write_zeros(*file, offset, bytes)) return error;
    offset += bytes;
    if (offset % kFillSyncBytes == 0 || offset == bytes_)
      if (const auto error = file->sync()) return error;
  }
  return {};
}

/// Blanks the header. The old records behind it are bound to the old header.
std::error_code SegmentSupply::clean_spare(const std::filesystem::path& path,
                                           std::unique_ptr<File>& file) {
  std::unique_ptr<File> spare;
  if (const auto error = file_system_.open(path, OpenMode::write, spare)) return error;
  std::uint64_t bytes = 0;
  if (const auto error = spare->size(bytes)) return error;
  if (bytes != bytes_) return std::make_error_code(std::errc::invalid_argument);
  if (const auto error = write_zeros(*spare, 0, kRecordsBegin)) return error;
  if (const auto error = spare->sync()) return error;
  file = std::move(spare);
  return {};
}

std::error_code SegmentSupply::recycle(const std::filesystem::path& path, std::uint64_t bytes) {
  if (bytes != bytes_) return file_system_.remove(path);
  const auto spare = directory_ / (std::string(kSparePrefix) + path.filename().string());
  if (const auto error = file_system_.rename(path, spare)) return error;
  spares_.push_back(spare);
  return {};
}

std::error_code SegmentSupply::trim(std::chrono::steady_clock::time_point now) {
  if (trimmed_at_ && now < *trimmed_at_ + kSpareAge) return {};
  const std::size_t surplus = trimmed_at_ ? fewest_spares_ - std::min(fewest_spares_, kReserve) : 0;
  for (std::size_t i = 0; i < surplus; ++i) {
    const std::error_code error = file_system_.remove(spares_.front());
    if (error && error != std::errc::no_such_file_or_directory) return error;
    spares_.pop_front();
    --fewest_spares_;
  }
  fewest_spares_ = spares_.size();
  trimmed_at_ = now;
  return {};
}

}  // namespace sluice::journal

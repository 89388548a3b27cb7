// How far each channel has come: a small log beside the journal, written lazily. After a crash it may
// be a little behind, so that some deliveries happen twice; it is never ahead.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <system_error>
#include <unordered_map>
#include <vector>

#include "journal/sequence.hpp"

namespace sluice::journal {

class File;
class FileSystem;

/// Thread safety: one thread at a time.
class ProgressLog {
 public:
  /// Reads `path`, or begins it; a torn tail is cut off. Nothing is believed to be done beyond
  /// `committed_through`, the journal's newest event: with durability `os` a power cut may have
  /// taken back events whose delivery was noted here already.
  /// Errors: JournalError, std::bad_alloc.
  ProgressLog(const std::filesystem::path& path, Sequence committed_through);
  /// The same over another file system.
  ProgressLog(const std::filesystem::path& path, Sequence committed_through,
              FileSystem& file_system);
  ~ProgressLog();
  ProgressLog(const ProgressLog&) = delete;
  ProgressLog& operator=(const ProgressLog&) = delete;

  /// Channel number -> every event up to this one is done.
  const std::unordered_map<std::uint32_t, Sequence>& channels() const noexcept { return channels_; }

  /// Everything up to `done_through` is done for `channel`. Written by the next write().
  void note(std::uint32_t channel, Sequence done_through);
  /// The channel is no more. Its number is never used again.
  void forget(std::uint32_t channel);

  /// Hands what was noted to the operating system, one entry a channel; and rewrites the file when
  /// most of it is out of date. After an error everything noted is kept for the next write().
  std::error_code write();

  /// Of the file.
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  void load(Sequence committed_through);
  std::error_code append();
  std::error_code rewrite();

  std::filesystem::path path_;
  FileSystem& file_system_;
  std::unique_ptr<File> file_;
  std::unordered_map<std::uint32_t, Sequence> channels_;
  std::vector<std::uint32_t> changed_;  // since the last write(); may name a channel twice
  std::uint64_t bytes_ = 0;
};

}  // namespace sluice::journal

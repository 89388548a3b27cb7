// How far delivery has come, in an append-only file that is rewritten when most of it is out of
// date. A write reaches the operating system and not the disk: after a power cut some deliveries
// happen twice, none is lost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/file_descriptor.hpp"
#include "delivery/progress_store.hpp"

namespace sluice::delivery {

/// Errors: std::system_error when the file cannot be opened or read. Thread safety: one thread at a
/// time.
class ProgressFile final : public ProgressStore {
 public:
  explicit ProgressFile(std::filesystem::path path);

  DeliveryProgress restore() override;
  std::error_code write(std::span<const ChannelProgress> channels,
                        journal::Sequence fed_below) override;

 private:
  static constexpr std::uint64_t kRewriteBytes = std::uint64_t{1} << 20U;

  void replay(const std::string& bytes);
  void apply(const ChannelProgress& channel);
  std::error_code append(const std::string& frame);
  std::error_code rewrite();

  const std::filesystem::path path_;
  base::FileDescriptor file_;
  std::uint64_t bytes_ = 0;       // of the file that are whole
  bool is_torn_ = false;          // what follows them is to be cut off
  std::uint64_t live_bytes_ = 0;  // that a rewritten file would have
  journal::Sequence fed_below_ = 1;
  std::map<std::uint32_t, ChannelProgress> channels_;  // by channel
};

}  // namespace sluice::delivery

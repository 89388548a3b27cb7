#include "delivery/production/progress_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "journal/crc32c.hpp"

// A frame is its payload's length and CRC32C, then the payload:
//   fed_below, number of channels, then for each: channel, webhook, is_idle, frontier, number of open
//   ranges, and their first and last events. All numbers are eight bytes, the lowest first.

namespace sluice::delivery {
namespace {

constexpr std::size_t kWord = 8;
constexpr std::size_t kHead = 2 * kWord;
// Of a payload. What a power cut leaves behind may be zeros, and the checksum of nothing is zero.
constexpr std::size_t kLeastPayload = 2 * kWord;

std::error_code last_error() { return {errno, std::generic_category()}; }

void put(std::string& out, std::uint64_t value) {
  for (std::size_t byte = 0; byte < kWord; ++byte) out += static_cast<char>(value >> (8 * byte));
}

/// Reads words one after the other; `is_whole` falls when there are none left.
struct WordReader {
  std::string_view bytes;
  bool is_whole = true;

  std::uint64_t next() {
    if (bytes.size() < kWord) {
      is_whole = false;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t byte = 0; byte < kWord; ++byte)
      value |= std::uint64_t{static_cast<unsigned char>(bytes[byte])} << (8 * byte);
    bytes.remove_prefix(kWord);
    return value;
  }
};

std::uint32_t checksum(std::string_view payload) {
  return journal::crc32c(0, std::as_bytes(std::span{payload.data(), payload.size()}));
}

template <class Channels>
std::string frame_of(const Channels& channels, std::size_t count, journal::Sequence fed_below) {
  std::string payload;
  put(payload, fed_below);
  put(payload, count);
  for (const ChannelProgress& channel : channels) {
    put(payload, channel.channel);
    put(payload, channel.webhook);
    put(payload, channel.is_idle ? 1 : 0);
    put(payload, channel.frontier);
    put(payload, channel.open.size());
    for (const SequenceRange& range : channel.open) {
      put(payload, range.first);
      put(payload, range.last);
    }
  }
  std::string frame;
  put(frame, payload.size());
  put(frame, checksum(payload));
  return frame + payload;
}

std::string read_all(int file) {
  std::string bytes;
  char piece[65536];
  for (;;) {
    const ssize_t got = ::read(file, piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(last_error(), "delivery progress");
    if (got == 0) return bytes;
    bytes.append(piece, static_cast<std::size_t>(got));
  }
}

std::error_code write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return last_error();
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

ProgressFile::ProgressFile(std::filesystem::path path)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
  if (file_.get() < 0) throw std::system_error(last_error(), path_.string());
}

DeliveryProgress ProgressFile::restore() {
  channels_.clear();
  replay(read_all(file_.get()));
  // What follows the last whole frame was torn by a crash: the next frame takes its place.
  if (::ftruncate(file_.get(), static_cast<off_t>(bytes_)) != 0)
    throw std::system_error(last_error(), path_.string());
  DeliveryProgress progress;
  progress.fed_below = fed_below_;
  for (const auto& [number, channel] : channels_) progress.channels.push_back(channel);
  return progress;
}

void ProgressFile::replay(const std::string& bytes) {
  std::string_view rest = bytes;
  bytes_ = 0;
  for (;;) {
    WordReader head{rest.substr(0, kHead)};
    const std::uint64_t size = head.next();
    const std::uint64_t crc = head.next();
    if (!head.is_whole || size < kLeastPayload || size > rest.size() - kHead) return;
    const std::string_view payload = rest.substr(kHead, static_cast<std::size_t>(size));
    if (checksum(payload) != crc) return;
    WordReader words{payload};
    fed_below_ = words.next();
    for (std::uint64_t left = words.next(); left != 0 && words.is_whole; --left) {
      ChannelProgress channel;
      channel.channel = static_cast<std::uint32_t>(words.next());
      channel.webhook = static_cast<std::uint32_t>(words.next());
      channel.is_idle = words.next() != 0;
      channel.frontier = words.next();
      for (std::uint64_t ranges = words.next(); ranges != 0 && words.is_whole; --ranges) {
        const std::uint64_t first = words.next();
        channel.open.push_back({first, words.next()});
      }
      apply(channel);
    }
    bytes_ += kHead + size;
    rest.remove_prefix(kHead + static_cast<std::size_t>(size));
  }
}

void ProgressFile::apply(const ChannelProgress& channel) {
  if (channel.is_idle) {
    channels_.erase(channel.channel);
  } else {
    channels_[channel.channel] = channel;
  }
}

std::error_code ProgressFile::write(std::span<const ChannelProgress> channels,
                                    journal::Sequence fed_below) {
  if (const std::error_code error = append(frame_of(channels, channels.size(), fed_below)))
    return error;
  fed_below_ = fed_below;
  for (const ChannelProgress& channel : channels) apply(channel);
  if (bytes_ < kRewriteBytes || bytes_ < 4 * live_bytes_) return {};
  return rewrite();
}

std::error_code ProgressFile::append(const std::string& frame) {
  // A frame that is there in part would hide all that follow it.
  if (is_torn_ && ::ftruncate(file_.get(), static_cast<off_t>(bytes_)) != 0) return last_error();
  const std::error_code error = write_all(file_.get(), frame);
  is_torn_ = static_cast<bool>(error);
  if (error) return error;
  bytes_ += frame.size();
  return {};
}

std::error_code ProgressFile::rewrite() {
  std::vector<ChannelProgress> live;
  for (const auto& [number, channel] : channels_) live.push_back(channel);
  const std::string frame = frame_of(live, live.size(), fed_below_);
  const std::string fresh = path_.string() + ".new";
  base::FileDescriptor file(
      ::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  if (file.get() < 0) return last_error();
  if (const std::error_code error = write_all(file.get(), frame)) return error;
  // The name must not reach the disk before the bytes do.
  if (::fdatasync(file.get()) != 0 || ::rename(fresh.c_str(), path_.c_str()) != 0)
    return last_error();
  file_ = std::move(file);
  bytes_ = live_bytes_ = frame.size();
  return {};
}

}  // namespace sluice::delivery

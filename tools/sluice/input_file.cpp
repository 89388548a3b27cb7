#include "input_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "exit_code.hpp"

namespace sluice::tool {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{128} << 10U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

InputFile::InputFile(const std::string& path, const Interrupt* interrupt)
    : fd_(FileDescriptor::open_input(path)),
      interrupt_(interrupt),
      name_(path == "-" ? "<stdin>" : path) {
  struct stat status {};
  if (::fstat(fd_.get(), &status) == 0 && S_ISREG(status.st_mode)) {
    is_regular_ = true;
    stored_bytes_ = static_cast<std::uint64_t>(status.st_size);
    ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  }
}

std::size_t InputFile::read(std::span<char> into) {
  try {
    if (!has_begun_) look_at_magic();
    const std::size_t bytes = inflater_ ? read_inflated(into) : read_stored(into);
    const bool is_interrupted = interrupt_ != nullptr && interrupt_->is_raised();
    return is_interrupted ? kStopped : bytes;
  } catch (const std::runtime_error& failure) {
    error_ = "cannot read " + name_ + ": " + failure.what();
    return kStopped;
  }
}

void InputFile::look_at_magic() {
  has_begun_ = true;
  buffer_.resize(kBufferBytes);
  std::size_t size = 0;
  while (size < 2) {
    const std::size_t fresh = read_some({buffer_.data() + size, buffer_.size() - size}, true);
    if (fresh == 0) break;
    size += fresh;
  }
  ahead_ = {buffer_.data(), size};
  if (Inflater::is_gzip(ahead_)) inflater_ = std::make_unique<Inflater>();
}

/// What was read ahead, then as much as there is without waiting, but something.
std::size_t InputFile::read_stored(std::span<char> into) {
  std::size_t size = std::min(ahead_.size(), into.size());
  std::memcpy(into.data(), ahead_.data(), size);
  ahead_.remove_prefix(size);
  while (size < into.size()) {
    const std::size_t fresh = read_some(into.subspan(size), size == 0);
    if (fresh == 0) break;
    size += fresh;
  }
  return size;
}

std::size_t InputFile::read_inflated(std::span<char> into) {
  std::size_t size = 0;
  while (size < into.size()) {
    if (ahead_.empty()) {
      const std::size_t fresh = read_some(buffer_, size == 0);
      ahead_ = {buffer_.data(), fresh};
      if (fresh == 0 && size != 0) break;
      if (fresh == 0 && (interrupt_ == nullptr || !interrupt_->is_raised()) &&
          !inflater_->is_at_end()) {
        throw std::runtime_error("the gzip data is cut off");
      }
      if (fresh == 0) break;
    }
    try {
      size += inflater_->inflate(ahead_, into.subspan(size));
    } catch (const std::runtime_error&) {
      // What was good goes out first; zlib repeats its error at the next call.
      if (size == 0) throw;
      break;
    }
  }
  return size;
}

/// 0: the end, an interrupt, or nothing there now and no leave to wait.
std::size_t InputFile::read_some(std::span<char> into, bool may_wait) {
  while (is_readable(may_wait)) {
    const ssize_t got = ::read(fd_.get(), into.data(), into.size());
    if (got >= 0) {
      const auto bytes = static_cast<std::size_t>(got);
      // relaxed: a figure for a progress line.
      bytes_read_.fetch_add(bytes, std::memory_order_relaxed);
      return bytes;
    }
    if (errno != EINTR && errno != EAGAIN) throw std::runtime_error(std::strerror(errno));
  }
  return 0;
}

bool InputFile::is_readable(bool may_wait) const {
  if (is_regular_) return true;
  pollfd watched[2] = {
      {.fd = fd_.get(), .events = POLLIN, .revents = 0},
      {.fd = interrupt_ == nullptr ? -1 : interrupt_->wake_fd(), .events = POLLIN, .revents = 0}};
  while (::poll(watched, 2, may_wait ? -1 : 0) < 0) {
    if (errno != EINTR) throw std::runtime_error(std::strerror(errno));
  }
  return watched[1].revents == 0 && watched[0].revents != 0;
}

std::string read_whole(const std::string& path) {
  InputFile file(path);
  std::string content(static_cast<std::size_t>(file.stored_bytes()) + 1, '\0');
  std::size_t size = 0;
  while (true) {
    if (size == content.size()) content.resize(2 * size);
    const std::size_t fresh = file.read({content.data() + size, content.size() - size});
    if (fresh == 0) break;
    if (fresh == ByteSource::kStopped) throw Failure(ExitCode::failed, file.error());
    size += fresh;
  }
  content.resize(size);
  if (content.starts_with(kByteOrderMark)) content.erase(0, kByteOrderMark.size());
  return content;
}

}  // namespace sluice::tool

// Bytes through a TCP socket that never blocks.
#pragma once

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>

namespace sluice::http {

/// How an attempt to move bytes ended.
struct Transfer {
  enum class Outcome : unsigned char { moved, would_block, ended, failed };
  Outcome outcome;
  std::size_t bytes = 0;
  bool has_more = false;  // of a read: there may be more, of which no edge will tell
};

/// Lifetime: the socket belongs to somebody else.
class PlainStream {
 public:
  explicit PlainStream(int socket) noexcept : socket_(socket) {}

  Transfer read(std::span<char> into) const noexcept {
    return receive(into, MSG_DONTWAIT);
  }

  /// The same, and the bytes stay where they are.
  Transfer peek(std::span<char> into) const noexcept {
    return receive(into, MSG_DONTWAIT | MSG_PEEK);
  }

  /// A peer that has gone is an error, not a signal.
  Transfer write(std::string_view bytes) const noexcept {
    return transfer(
        [&] { return ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL); });
  }

 private:
  Transfer receive(std::span<char> into, int flags) const noexcept {
    Transfer read = transfer([&] { return ::recv(socket_, into.data(), into.size(), flags); });
    read.has_more = read.bytes == into.size();
    return read;
  }

  template <class Call>
  static Transfer transfer(Call&& call) noexcept {
    for (;;) {
      const ssize_t moved = call();
      if (moved > 0) return {Transfer::Outcome::moved, static_cast<std::size_t>(moved)};
      if (moved == 0) return {Transfer::Outcome::ended};
      if (errno == EINTR) continue;
      const bool would_block = errno == EAGAIN || errno == EWOULDBLOCK;
      return {would_block ? Transfer::Outcome::would_block : Transfer::Outcome::failed};
    }
  }

  int socket_;
};

}  // namespace sluice::http

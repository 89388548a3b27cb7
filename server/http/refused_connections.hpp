// Connections that were told 503: they stay open a moment, because closing over bytes that the peer
// is just sending would reset the connection, and the peer might lose the answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <span>

#include "base/file_descriptor.hpp"

namespace sluice::http {

/// Thread safety: one thread.
class RefusedConnections {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kMost = 128;
  static constexpr std::chrono::seconds kPatience{1};

  /// Ends sending, and keeps the socket; the oldest of kMost makes room.
  void add(base::FileDescriptor socket, Instant now);

  /// Closes those that have waited long enough, over what `buffer` holds of unread bytes.
  void sweep(Instant now, std::span<char> buffer);

 private:
  struct Refused {
    base::FileDescriptor socket;
    Instant since;
  };
  std::deque<Refused> refused_;  // oldest first
};

}  // namespace sluice::http

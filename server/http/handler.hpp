// What a service implements: a Handler is told of each request when its head is complete, and gives
// a receiver for the body. Neither ever sees a socket, a deadline or a read error.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "http/reply.hpp"
#include "http/request.hpp"

namespace sluice::http {

/// Takes the body of one request. Every call comes from the I/O thread of the connection, and must
/// not block it. After the answer was sent, none comes.
class BodyReceiver {
 public:
  /// On the I/O thread, when the answer was written or the connection died: work that goes on
  /// elsewhere must not hold a pointer to the receiver.
  virtual ~BodyReceiver() = default;

  /// Where the next bytes of the body may be put before receive() is called with them, by who would
  /// otherwise copy them; empty: nowhere. Until the next call.
  virtual std::span<char> room() noexcept { return {}; }

  /// The next bytes of the body, straight from the read buffer, or in room(): they live until it
  /// returns.
  /// False: no more until Reply::resume() is called. The bytes of this call were taken.
  virtual bool receive(std::string_view bytes) = 0;

  /// The body is complete. Called once, also for an empty body.
  virtual void finish() = 0;

  /// The body will never be complete: the connection failed. finish() does not follow.
  virtual void abandon() = 0;
};

/// Thread safety: begin() is called by all I/O threads at once.
class Handler {
 public:
  virtual ~Handler() = default;

  /// How many routes are counted apart, see Reply::set_route(); always the same.
  virtual std::size_t routes() const noexcept { return 0; }

  /// Called when the head is complete and the session has nothing against it. Answering at once and
  /// returning null is the way to refuse a body unread: a short rest of it is discarded, else the
  /// connection is closed after the answer. Null without an answer discards the body likewise.
  /// What it throws is answered by 503 (std::bad_alloc) or 500.
  virtual std::unique_ptr<BodyReceiver> begin(const RequestHead& head, Reply reply) = 0;
};

}  // namespace sluice::http

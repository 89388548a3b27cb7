// How a handler answers: once, from whichever thread has the answer, even when the connection has
// gone in the meantime.
#pragma once

#include <cstddef>

#include "http/response.hpp"

namespace sluice::http {

/// The session's side of a Reply; tests of handlers make their own.
/// Thread safety: every member from any thread, though not at once.
class ReplyTarget {
 public:
  virtual void send(Response&& response) = 0;  // at most once
  virtual void resume() = 0;
  /// The Reply is gone. A target that was sent nothing answers 500 by itself.
  virtual void release() noexcept = 0;
  /// Within Handler::begin() only.
  virtual void set_route(std::size_t route) noexcept = 0;

 protected:
  ~ReplyTarget() = default;
};

/// The right to answer one request. A Reply that is destroyed unused answers 500.
/// Thread safety: any thread, one at a time; when the connection has died, calls do nothing.
/// Lifetime: keeps the RequestHead alive. May outlive the Server.
class Reply {
 public:
  Reply() = default;  // answers nobody
  explicit Reply(ReplyTarget& target) noexcept : target_(&target) {}
  Reply(Reply&& other) noexcept;
  Reply& operator=(Reply&& other) noexcept;
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply();

  /// The first call answers, later ones do nothing. From begin(), receive() or finish() it takes
  /// effect when they return. What is still to come of the body is not given to the receiver.
  void send(Response response);

  /// Tells as which of Handler::routes() the request is counted; else as none. Only within begin(),
  /// before send().
  void set_route(std::size_t route) noexcept;

  /// Asks for more of the body after receive() said false; else it does nothing.
  void resume();

 private:
  ReplyTarget* target_ = nullptr;
  bool is_sent_ = false;
};

}  // namespace sluice::http

// One connection's conversation: bytes in, calls to the handler, bytes out. It has no socket and no
// deadlines, so that tests and fuzzers can hold it.
//
// Requests are taken one at a time, so answers keep their order; those that are answered at once
// gather in `output`, and go out together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "http/request_parser.hpp"
#include "http/session_context.hpp"
#include "http/trusted_proxies.hpp"

namespace sluice::http {

/// Thread safety: the I/O thread only.
class Session {
 public:
  /// Lifetime: `context` and `host` outlive it. `host` is woken when settle() has something to do.
  Session(SessionContext& context, SessionHost& host, std::string peer_address);
  /// Tells the receiver of an incomplete body that the rest will not come.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Whose requests these are. With `proxies`, the peer is one of them, and X-Forwarded-For of a
  /// request says it better. Lifetime: they outlive the session.
  void set_peer(std::string address, const TrustedProxies* proxies);
  std::string_view peer_address() const noexcept { return peer_address_; }

  /// Where what comes next may be read to, all of which will be a body's: so nobody needs to copy
  /// it. Empty: there is no such place, or it is not worth it. Until the next call.
  std::span<char> room() noexcept;

  /// Takes what it can of `bytes`, the oldest that it has not taken yet, and appends answers to
  /// `output`. It stops when it needs more bytes, when it waits for the handler, or when `output`
  /// has grown to kOutputLimit.
  /// Complexity: O(bytes). Errors: std::bad_alloc, and then the connection must be closed.
  std::size_t consume(std::string_view bytes, std::string& output);

  /// Does what Replies have asked for since the last call.
  void settle(std::string& output);

  /// What it is waiting for: each has a deadline of its own, but for `paused` and `waiting`.
  enum class Phase : std::uint8_t {
    idle,     // the next request
    head,     // the rest of a head
    body,     // more of a body
    paused,   // the handler, to take more of the body
    waiting,  // the handler's answer
    closing,  // nothing: `output` is the last
  };
  Phase phase() const noexcept;
  bool wants_bytes() const noexcept { return phase() <= Phase::body; }
  /// How many requests have begun: tells one head's deadline from the next one's.
  std::uint64_t begun() const noexcept { return begun_; }

  /// The deadline of the phase has passed: answers 408 where an answer is due, and closes.
  void expire(std::string& output);

  /// The answer to the request under way, if there is one, is the last. An idle one closes.
  void stop() noexcept;

  /// Whether the peer may still be sending: then the connection must not be cut off, or the peer
  /// would lose the answer with it.
  bool needs_linger() const noexcept { return needs_linger_; }

  static constexpr std::size_t kOutputLimit = std::size_t{64} << 10U;

 private:
  std::size_t step(std::string_view bytes, std::string& output, bool& needs_more);
  std::size_t skip_empty_lines(std::string_view bytes);
  void begin_exchange();
  void begin_request(std::string& output);
  void take_fragment(std::string_view fragment, std::string& output);
  void take_signals(std::string& output);
  void move_on(std::string& output);
  void answer(const Response& response, std::string& output);
  void count(const Response& response);
  void refuse(int status, std::string_view message, std::string& output);
  void end_exchange() noexcept;
  void close() noexcept;
  void abandon() noexcept;
  template <class Call>
  void call_handler(std::string& output, Call&& call);

  SessionContext& context_;
  SessionHost& host_;
  std::string peer_address_;
  const TrustedProxies* proxies_ = nullptr;
  RequestParser parser_;
  ExchangeRef exchange_;                    // of the request under way
  std::unique_ptr<BodyReceiver> receiver_;  // null: the body is discarded
  std::uint64_t discarded_ = 0;             // of the body
  std::uint64_t begun_ = 0;
  unsigned empty_lines_ = 0;                // bytes of them before the request
  bool is_body_done_ = false;
  bool is_answered_ = false;
  bool is_paused_ = false;
  bool is_continue_due_ = false;  // the client waits for 100 Continue
  bool keeps_alive_ = true;
  bool is_stopping_ = false;
  bool is_closing_ = false;
  bool needs_linger_ = false;
};

}  // namespace sluice::http

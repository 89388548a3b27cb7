// One TCP connection, with or without TLS, that carries one request at a time. It owns the socket and
// the order of events on it; what a failure means for the request is its pool's business.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "delivery/event_loop.hpp"
#include "delivery/exchange.hpp"
#include "delivery/ip_address.hpp"
#include "delivery/response_parser.hpp"
#include "delivery/tls_session.hpp"

namespace sluice::delivery {

/// Room that the connections of one loop share, since they read one after the other.
struct Scratch {
  std::string request;                // of TLS: in one piece, for one record
  std::array<char, 16 * 1024> plain;  // decrypted
};

/// Thread safety: the loop's thread.
class Connection final : public EventLoop::Watcher {
 public:
  struct Failure {
    Outcome outcome = Outcome::reset;
    std::string detail;
  };
  /// None of these is called inside of a call to the connection. The owner may end it, but not
  /// destroy it, in them.
  class Owner {
   public:
    virtual void connected(Connection& connection) = 0;
    /// The response is complete; `can_be_kept` says whether another request may follow.
    virtual void answered(Connection& connection, bool can_be_kept) = 0;
    /// It has ended itself: in connecting, with a request, or idle.
    virtual void failed(Connection& connection, Failure failure) = 0;

   protected:
    ~Owner() = default;
  };

  Connection(EventLoop& loop, Owner& owner, Scratch& scratch);
  ~Connection();

  /// `tls` is null for plain text. `deadlines` are those of TCP and TLS.
  void connect(const IpAddress& address, std::uint16_t port, std::unique_ptr<TlsSession> tls,
               const Deadlines& deadlines);
  /// Sends the request of an exchange and awaits the response. Only when connected() or answered().
  void send(Exchange& exchange, std::size_t header_limit);
  /// Ends it without a word to the owner.
  void close();

  const IpAddress& address() const noexcept { return address_; }
  ResponseParser& parser() noexcept { return parser_; }
  /// Whether any byte of the response has come.
  bool has_heard() const noexcept { return parser_.has_begun(); }

  // The owner's.
  ConnectionPool* pool = nullptr;
  Exchange* exchange = nullptr;       // that it carries or is opened for
  std::size_t place = 0;              // in the pool's connections
  std::size_t idle_place = 0;         // in the pool's idle ones
  Connection* idle_before = nullptr;  // in the client's queue of idle ones
  Connection* idle_after = nullptr;
  EventLoop::TimePoint idle_since{};
  std::uint32_t requests = 0;  // that it was given

 private:
  enum class State : std::uint8_t { connecting, handshaking, idle, exchanging, answered, closed };

  void ready(std::uint32_t events) override;
  void expire();
  void shut();
  void finish_connect();
  void encrypt_request();
  void report_later(int error);
  void flush();
  bool flush_pieces();
  bool flush_tls();
  bool has_sent(ssize_t count);
  void read();
  void go_on_later();
  void take(std::string_view bytes);
  void take_handshake();
  void take_plain(std::string_view bytes);
  void answer(bool is_open);
  void end_of_stream();
  void end_of_stream_by(int error);
  void fail(Outcome outcome, std::string detail);
  void fail_system(int error, const char* doing);
  std::string peer() const;

  EventLoop& loop_;
  Owner& owner_;
  Scratch& scratch_;
  base::FileDescriptor socket_;
  std::unique_ptr<TlsSession> tls_;
  std::unique_ptr<char[]> buffer_;
  ResponseParser parser_;
  LoopTimer timer_;  // of connecting and the handshake; at once to go on, or to report an error
  IpAddress address_;
  std::uint16_t port_ = 0;
  std::chrono::milliseconds tls_patience_{};
  State state_ = State::idle;
  bool has_ended_ = false;         // the peer: it will send nothing more
  bool has_extra_bytes_ = false;   // behind the response
  int error_ = 0;                  // of a call: reported by the timer
  std::array<iovec, 4> pieces_{};  // of a request in plain text: what is to be sent
  std::size_t next_piece_ = 4;
  std::size_t tls_sent_ = 0;  // of tls_->output()
};

}  // namespace sluice::delivery

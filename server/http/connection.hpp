// A connection: moves bytes between a socket and a Session, and keeps the deadlines. What may come
// before the first request, the header of a proxy and the handshake of TLS, has a deadline as well.
//
// It takes the thread's buffer only when bytes have arrived, so that ten thousand idle connections
// cost no buffers. Writing is tried at once and waits only when the socket is full; while it is,
// nothing is read.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "http/connection_context.hpp"
#include "http/session.hpp"
#include "http/stream.hpp"

namespace sluice::http {

/// Thread safety: the I/O thread only. Lifetime: `context.connections` owns it, and any call may be
/// the one that removes it from there.
class Connection final : public SessionHost, public Watched {
 public:
  Connection(ConnectionContext& context, base::FileDescriptor socket,
             ConnectionLimits::Admission admission, const base::IpAddress& peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Begins to serve. `place` is where the context's list has it.
  void start(ConnectionContext::Connections::iterator place);
  /// Closes it when a deadline has passed. A deadline counts once it is seen in two sweeps, so that
  /// bytes that came while the thread was busy are read first. `elapsed` is since the last sweep.
  void sweep(std::chrono::milliseconds elapsed);
  /// Ends it after the request under way.
  void stop();
  /// Ends it now.
  void kill();
  /// SessionHost: a Reply from elsewhere has done something.
  void wake() override;
  /// Watched
  void on_ready(Readiness readiness) override;

 private:
  using Instant = ConnectionContext::Instant;

  /// What the deadline is for. There is none while the handler is at work.
  enum class Due : std::uint8_t { nothing, opening, request, head, body, write, linger };

  template <class Work>
  void enter(Work&& work);
  bool may_read() const noexcept;
  bool is_opening() const noexcept { return awaits_proxy_header_ || !stream_.is_open(); }
  void set_peer(const base::IpAddress& peer);
  bool take_proxy_header();
  bool assign(const base::IpAddress& client);
  void advance();
  void read_once();
  std::span<char> place_to_read();
  void end_reading();
  void reject(std::string_view reason);
  void refuse(int status, std::string_view message);
  void converse(std::string_view bytes);
  void keep(std::string_view bytes);
  std::string_view take_kept();
  bool flush();
  void arrange();
  void set_reading_deadline(Session::Phase phase);
  void set_deadline(Due due, std::chrono::milliseconds after);
  void expire();
  void finish();
  void close();

  ConnectionContext& context_;
  ConnectionLimits::Admission admission_;
  base::FileDescriptor socket_;
  Stream stream_;
  ConnectionContext::Connections::iterator place_;
  Session session_;
  std::string kept_;         // bytes that the session has not taken
  std::string output_;       // bytes that are not written, behind those that are
  std::size_t written_ = 0;  // of output_

  Due due_ = Due::nothing;
  Instant deadline_;
  std::uint64_t due_request_ = 0;  // the request that deadline and body counts are of
  std::uint64_t body_bytes_ = 0;
  std::chrono::milliseconds body_time_{0};  // that the client has had for them
  bool awaits_proxy_header_ = false;        // nothing else is taken before it
  bool is_overdue_ = false;                 // the deadline had passed in the last sweep
  bool has_moved_ = false;                  // the peer took bytes since the write deadline was set
  bool is_readable_ = false;                // there may be bytes to read
  bool is_ending_ = false;                  // reading comes to an end, of which no edge tells
  bool has_unread_ = false;                 // bytes that nobody will take
  bool is_closed_ = false;
};

}  // namespace sluice::http

#include "delivery/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sluice::delivery {
namespace {

constexpr std::size_t kReadBytes = 4096;
constexpr int kReadsATurn = 32;  // full ones; then it is the others' turn

iovec piece(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

EventLoop::TimePoint in(std::chrono::milliseconds patience) {
  return std::chrono::steady_clock::now() + patience;
}

}  // namespace

Connection::Connection(EventLoop& loop, Owner& owner, Scratch& scratch)
    : loop_(loop),
      owner_(owner),
      scratch_(scratch),
      buffer_(std::make_unique_for_overwrite<char[]>(kReadBytes)),
      timer_(loop, [this] { expire(); }) {}

Connection::~Connection() { close(); }

void Connection::connect(const IpAddress& address, std::uint16_t port,
                         std::unique_ptr<TlsSession> tls, const Deadlines& deadlines) {
  address_ = address;
  port_ = port;
  tls_ = std::move(tls);
  tls_patience_ = deadlines.tls;
  state_ = State::connecting;
  timer_.expire_at(in(deadlines.connect));
  sockaddr_storage storage;
  const socklen_t size = address.to_sockaddr(port, storage);
  socket_.reset(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (!socket_ || ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
      (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0 &&
       errno != EINPROGRESS)) {
    report_later(errno);
  } else if (!loop_.watch(socket_.get(), *this)) {
    report_later(ENOMEM);
  }
}

void Connection::expire() {
  if (state_ == State::exchanging || state_ == State::answered) {
    // It is its turn again; or a call failed, but the peer may have answered before.
    has_ended_ = has_ended_ || error_ != 0;
    read();
    if (error_ != 0 && state_ == State::exchanging) fail_system(error_, "sending to ");
  } else if (error_ != 0) {
    fail_system(error_, state_ == State::connecting ? "connecting to " : "sending to ");
  } else {
    const bool is_tls = state_ == State::handshaking;
    fail(Outcome::timeout,
         (is_tls ? "no TLS handshake in time with " : "no connection in time to ") + peer());
  }
}

void Connection::close() {
  if (state_ == State::idle && tls_) {
    tls_->end();
    flush_tls();  // as far as the kernel takes it at once
  }
  shut();
}

void Connection::shut() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  timer_.cancel();
  if (socket_) loop_.unwatch(socket_.get(), *this);
  socket_.reset();
}

void Connection::ready(std::uint32_t events) {
  if (state_ == State::connecting) {
    if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0) return;
    finish_connect();
    if (state_ == State::connecting || state_ == State::closed) return;
  }
  if ((events & EPOLLOUT) != 0) flush();
  constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  has_ended_ = has_ended_ || (events & kEnd) != 0;
  if ((events & (EPOLLIN | kEnd)) != 0 && state_ != State::closed) read();
}

void Connection::finish_connect() {
  int error = 0;
  socklen_t size = sizeof(error);
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) {
    fail_system(error, "connecting to ");
    return;
  }
  timer_.cancel();
  if (!tls_) {
    state_ = State::idle;
    return owner_.connected(*this);
  }
  state_ = State::handshaking;
  if (exchange != nullptr) exchange->result.phase = Phase::tls;
  timer_.expire_at(in(tls_patience_));
  take_handshake();
}

void Connection::send(Exchange& sent, std::size_t header_limit) {
  exchange = &sent;
  ++requests;
  state_ = State::exchanging;
  has_extra_bytes_ = false;
  const OutboundRequest& request = sent.request;
  parser_.start(header_limit, request.response_cap);
  pieces_ = {piece(request.head->text()), piece(request.headers.lines()), piece(sent.framing),
             piece(request.body)};
  next_piece_ = 0;
  sent.result.phase = Phase::request;
  if (tls_) encrypt_request();
  flush();
}

void Connection::encrypt_request() {
  std::string& whole = scratch_.request;  // in one piece it becomes one record
  whole.clear();
  for (const iovec& part : pieces_)
    whole.append(static_cast<const char*>(part.iov_base), part.iov_len);
  next_piece_ = pieces_.size();
  if (!tls_->write(whole)) report_later(EPROTO);
}

void Connection::report_later(int error) {
  error_ = error;
  timer_.expire_at(EventLoop::TimePoint::min());
}

/// Sends what it can of a request or of what TLS has to say.
void Connection::flush() {
  const bool is_done = tls_ ? flush_tls() : flush_pieces();
  if (is_done && state_ == State::exchanging) exchange->result.phase = Phase::response;
}

bool Connection::flush_pieces() {
  while (next_piece_ < pieces_.size()) {
    msghdr message{};
    message.msg_iov = pieces_.data() + next_piece_;
    message.msg_iovlen = pieces_.size() - next_piece_;
    const ssize_t count = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (!has_sent(count)) return false;
    auto left = static_cast<std::size_t>(count);
    while (next_piece_ < pieces_.size() && left >= pieces_[next_piece_].iov_len)
      left -= pieces_[next_piece_++].iov_len;
    if (next_piece_ == pieces_.size()) break;
    iovec& part = pieces_[next_piece_];
    part = {static_cast<char*>(part.iov_base) + left, part.iov_len - left};
  }
  return true;
}

bool Connection::flush_tls() {
  std::string& output = tls_->output();
  while (tls_sent_ < output.size()) {
    const ssize_t count =
        ::send(socket_.get(), output.data() + tls_sent_, output.size() - tls_sent_, MSG_NOSIGNAL);
    if (!has_sent(count)) return false;
    tls_sent_ += static_cast<std::size_t>(count);
  }
  output.clear();
  tls_sent_ = 0;
  return true;
}

/// False: nothing more can be sent now.
bool Connection::has_sent(ssize_t count) {
  if (count >= 0) {
    if (state_ == State::exchanging) exchange->result.may_have_been_sent = true;
    return true;
  }
  if (errno != EAGAIN && state_ != State::idle) report_later(errno);
  return false;
}

/// Reads until the kernel has no more, as an edge-triggered event demands. A read that does not
/// fill the buffer was the last, unless the peer has ended: then the end is still to be read.
void Connection::read() {
  for (int reads = 0; !has_extra_bytes_; ++reads) {
    if (reads == kReadsATurn) return go_on_later();
    const ssize_t count = ::recv(socket_.get(), buffer_.get(), kReadBytes, 0);
    if (count > 0) {
      const auto size = static_cast<std::size_t>(count);
      take({buffer_.get(), size});
      if (state_ == State::closed) return;
      if (size < kReadBytes && !has_ended_) break;
    } else if (count == 0) {
      return end_of_stream();
    } else if (errno == EAGAIN) {
      break;
    } else {
      return end_of_stream_by(errno);
    }
  }
  if (state_ == State::answered) answer(!has_ended_);
}

/// A peer that sends without end must not hold up the loop (D4).
void Connection::go_on_later() {
  if (state_ == State::exchanging || state_ == State::answered)
    return timer_.expire_at(std::chrono::steady_clock::now());  // after this turn
  fail(state_ == State::handshaking ? Outcome::tls_error : Outcome::malformed,
       "too many unasked bytes from " + peer());
}

void Connection::take(std::string_view bytes) {
  if (!tls_) return take_plain(bytes);
  tls_->feed(bytes);
  if (state_ == State::handshaking) take_handshake();
  while (state_ == State::idle || state_ == State::exchanging || state_ == State::answered) {
    std::size_t size = 0;
    switch (tls_->read(scratch_.plain, size)) {
      case TlsSession::Progress::done: take_plain({scratch_.plain.data(), size}); break;
      case TlsSession::Progress::wants_input: return flush();  // TLS may have had to answer
      case TlsSession::Progress::ended: return end_of_stream();
      case TlsSession::Progress::failed: return fail(Outcome::tls_error, tls_->failure());
    }
  }
}

void Connection::take_handshake() {
  const TlsSession::Progress progress = tls_->handshake();
  flush();  // an alert, too
  if (progress == TlsSession::Progress::wants_input) return;
  if (progress != TlsSession::Progress::done) return fail(Outcome::tls_error, tls_->failure());
  timer_.cancel();
  state_ = State::idle;
  owner_.connected(*this);
}

void Connection::take_plain(std::string_view bytes) {
  if (state_ == State::answered) {
    has_extra_bytes_ = true;
    return;
  }
  if (state_ == State::idle) return fail(Outcome::malformed, "unasked bytes from " + peer());
  switch (parser_.feed(bytes)) {
    case ResponseParser::Progress::incomplete: return;
    case ResponseParser::Progress::malformed:
      return fail(Outcome::malformed, "the response is not HTTP/1.1");
    case ResponseParser::Progress::too_large:
      return fail(Outcome::too_large, "the response's header is too large");
    case ResponseParser::Progress::complete: break;
  }
  // Reported when all that has come is read: what follows must not be taken for the next response.
  state_ = State::answered;
  has_extra_bytes_ = !bytes.empty();
}

void Connection::answer(bool is_open) {
  const bool is_sent = tls_ ? tls_sent_ == tls_->output().size() : next_piece_ == pieces_.size();
  const bool can_be_kept =
      is_open && is_sent && error_ == 0 && !has_extra_bytes_ && parser_.can_be_kept();
  state_ = State::idle;
  timer_.cancel();  // its turn, if it waited for one
  owner_.answered(*this, can_be_kept);
}

void Connection::end_of_stream() {
  if (state_ == State::answered) return answer(false);
  if (state_ == State::exchanging && parser_.finish() == ResponseParser::Progress::complete)
    return answer(false);
  fail(state_ == State::handshaking ? Outcome::tls_error : Outcome::reset,
       peer() + " closed the connection");
}

void Connection::end_of_stream_by(int error) {
  if (state_ == State::answered) return answer(false);
  fail_system(error, "receiving from ");
}

void Connection::fail_system(int error, const char* doing) {
  Outcome outcome = outcome_of_connect(error);
  // Once connected, whatever ends the connection has reset it.
  if (state_ != State::connecting) outcome = error == ETIMEDOUT ? Outcome::timeout : Outcome::reset;
  if (state_ == State::handshaking) outcome = Outcome::tls_error;
  fail(outcome, doing + peer() + ": " + std::generic_category().message(error));
}

void Connection::fail(Outcome outcome, std::string detail) {
  shut();
  owner_.failed(*this, {outcome, std::move(detail)});
}

std::string Connection::peer() const { return address_.text() + " port " + std::to_string(port_); }

}  // namespace sluice::delivery

#include "http/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.hpp"

namespace sluice::http {
namespace {

constexpr int kReadsInATurn = 4;             // so that one flood does not starve the others
constexpr std::size_t kKeptOutput = 2048;    // bytes of memory that an idle connection keeps
constexpr std::chrono::seconds kLinger{5};   // for the peer to read the last answer

}  // namespace

Connection::Connection(ConnectionContext& context, base::FileDescriptor socket,
                       ConnectionLimits::Admission admission, const base::IpAddress& peer)
    : context_(context),
      admission_(std::move(admission)),
      socket_(std::move(socket)),
      stream_(socket_.get(), context.credentials.open_stream(socket_.get())),
      session_(context.sessions, *this, {}) {
  set_peer(peer);
  awaits_proxy_header_ =
      context.options.expects_proxy_header && context.options.proxies.contains(peer);
  context_.sessions.counters.connections_accepted.add(1);
}

Connection::~Connection() { context_.sessions.counters.connections_closed.add(1); }

// Nothing may touch the connection after its last line.
template <class Work>
void Connection::enter(Work&& work) {
  try {
    work();
  } catch (const std::exception& error) {
    base::log_error("a connection failed", {{"error", error.what()}});
    close();
  }
  if (is_closed_) context_.connections.erase(place_);
}

void Connection::start(ConnectionContext::Connections::iterator place) {
  place_ = place;
  enter([&] {
    context_.poller.add(socket_.get(), *this);
    arrange();
  });
}

void Connection::on_ready(Readiness readiness) {
  enter([&] {
    is_readable_ |=
        readiness.is_readable || (readiness.is_writable && stream_.waits_for_room());
    is_ending_ |= readiness.is_ending;
    if (!output_.empty() && readiness.is_writable && flush()) converse(take_kept());
    advance();
  });
}

void Connection::wake() {
  enter([&] {
    const bool is_blocked = !output_.empty();
    session_.settle(output_);
    if (!is_blocked) converse(take_kept());
    advance();
  });
}

void Connection::stop() {
  enter([&] {
    // What has arrived was sent in good faith.
    if (session_.phase() == Session::Phase::idle && output_.empty()) read_once();
    session_.stop();
    advance();
  });
}

void Connection::kill() {
  enter([&] { close(); });
}

bool Connection::may_read() const noexcept {
  return !is_closed_ && is_readable_ && output_.empty() &&
         (due_ == Due::linger || session_.wants_bytes());
}

void Connection::advance() {
  for (int turn = 0; turn < kReadsInATurn && may_read(); ++turn) read_once();
  arrange();
}

void Connection::read_once() {
  if (awaits_proxy_header_ && !take_proxy_header()) return;
  const std::size_t kept = kept_.size();
  const std::span<char> buffer = place_to_read();
  std::copy(kept_.begin(), kept_.end(), buffer.begin());
  const Transfer read = stream_.read(buffer.subspan(kept));
  if (read.outcome == Transfer::Outcome::would_block) {
    is_readable_ = read.has_more;
    if (stream_.waits_for_room()) context_.poller.rearm(socket_.get(), *this);
    return;
  }
  if (read.outcome != Transfer::Outcome::moved) return end_reading();
  // After a short read nothing is left, and an edge will tell of more.
  is_readable_ = is_ending_ || read.has_more;
  context_.sessions.counters.bytes_received.add(read.bytes);
  body_bytes_ += read.bytes;
  if (due_ != Due::linger) converse({buffer.data(), kept + read.bytes});
}

// The thread's buffer, or where the session wants a part of a body.
std::span<char> Connection::place_to_read() {
  const std::span<char> buffer{context_.read_buffer};
  if (!kept_.empty() || due_ == Due::linger) return buffer;
  const std::span<char> room = session_.room();
  return room.empty() ? buffer : room.first(std::min(room.size(), buffer.size()));
}

// `bytes` is a view of what place_to_read() has given.
void Connection::converse(std::string_view bytes) {
  for (;;) {
    bytes.remove_prefix(session_.consume(bytes, output_));
    const bool was_full = output_.size() >= Session::kOutputLimit;
    if (!flush() || !was_full) break;
  }
  keep(bytes);
}

void Connection::keep(std::string_view bytes) {
  if (session_.phase() == Session::Phase::closing) {
    has_unread_ |= !bytes.empty();
    bytes = {};
  }
  if (bytes.empty()) {
    if (!kept_.empty()) std::string().swap(kept_);
  } else {
    kept_.assign(bytes);
  }
}

std::string_view Connection::take_kept() {
  std::vector<char>& buffer = context_.read_buffer;
  const auto end = std::copy(kept_.begin(), kept_.end(), buffer.begin());
  return {buffer.data(), static_cast<std::size_t>(end - buffer.begin())};
}

// True: everything is written.
bool Connection::flush() {
  while (written_ < output_.size()) {
    const Transfer write = stream_.write(std::string_view(output_).substr(written_));
    if (write.outcome == Transfer::Outcome::would_block) return false;
    if (write.outcome != Transfer::Outcome::moved) {
      close();
      return false;
    }
    written_ += write.bytes;
    has_moved_ = true;
    context_.sessions.counters.bytes_sent.add(write.bytes);
  }
  written_ = 0;
  output_.clear();
  if (output_.capacity() > kKeptOutput) std::string().swap(output_);
  return true;
}

// Decides what to wait for, and until when.
void Connection::arrange() {
  if (is_closed_) return;
  const Session::Phase phase = session_.phase();
  if (!output_.empty()) {
    const bool is_new = due_ != Due::write;
    if (is_new) context_.poller.rearm(socket_.get(), *this);
    // Only a peer that takes bytes has more time, not one that sends some.
    if (is_new || has_moved_) set_deadline(Due::write, context_.sessions.limits.write_deadline);
    has_moved_ = false;
  } else if (due_ != Due::linger && phase == Session::Phase::closing) {
    finish();
  } else if (phase == Session::Phase::paused || phase == Session::Phase::waiting) {
    due_ = Due::nothing;
  } else if (due_ != Due::linger) {
    set_reading_deadline(phase);
  }
  if (may_read()) context_.poller.rearm(socket_.get(), *this);  // others first
}

void Connection::set_reading_deadline(Session::Phase phase) {
  const RequestLimits& limits = context_.sessions.limits;
  const bool is_same_request = std::exchange(due_request_, session_.begun()) == session_.begun();
  if (!is_same_request) {
    body_bytes_ = 0;
    body_time_ = {};
  }
  if (is_opening()) {
    if (due_ != Due::opening) set_deadline(Due::opening, limits.opening_deadline);
  } else if (phase == Session::Phase::idle) {
    set_deadline(Due::request, limits.keep_alive);
  } else if (phase == Session::Phase::body) {
    set_deadline(Due::body, limits.body_inactivity);
  } else if (due_ != Due::head || !is_same_request) {
    set_deadline(Due::head, limits.header_deadline);
  }
}

void Connection::set_deadline(Due due, std::chrono::milliseconds after) {
  due_ = due;
  deadline_ = context_.now + after;
  is_overdue_ = false;
}

void Connection::sweep(std::chrono::milliseconds elapsed) {
  if (due_ == Due::nothing) return;
  const RequestLimits& limits = context_.sessions.limits;
  if (due_ == Due::body) {
    body_time_ += elapsed;
    const auto counted = std::chrono::duration_cast<std::chrono::seconds>(
        body_time_ - std::min(body_time_, limits.body_grace));
    const auto least = static_cast<std::uint64_t>(counted.count()) * limits.body_bytes_per_second;
    if (body_bytes_ < least) return enter([&] { expire(); });
  }
  const bool has_passed = context_.now >= deadline_;
  if (has_passed && is_overdue_) return enter([&] { expire(); });
  is_overdue_ = has_passed;
}

void Connection::expire() {
  const bool is_answerable = due_ == Due::head || due_ == Due::body;
  if (is_answerable || due_ == Due::write || due_ == Due::opening)
    context_.sessions.counters.timeouts.add(1);
  if (!is_answerable) return close();
  session_.expire(output_);
  keep({});
  flush();
  advance();
}

// After the last answer. A connection that is closed over unread bytes is reset, and then the peer
// may lose what it has not read yet (RFC 9112 section 9.6).
void Connection::finish() {
  stream_.end();
  if (!has_unread_ && !session_.needs_linger()) {
    const Transfer read = stream_.read(context_.read_buffer);
    if (read.outcome != Transfer::Outcome::moved) return close();
  }
  if (::shutdown(socket_.get(), SHUT_WR) != 0) return close();
  set_deadline(Due::linger, kLinger);
}

void Connection::close() {
  if (!is_closed_ && output_.empty()) stream_.end();
  is_closed_ = true;
  due_ = Due::nothing;
  socket_.reset();
}

}  // namespace sluice::http

#include "http/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <new>

#include "http/tls_credentials.hpp"

namespace sluice::http {
namespace {

// Beyond what the caller takes: headers of records, a handshake, a record that was begun.
constexpr std::size_t kOverhead = std::size_t{32} << 10U;

// A handshake begins with byte 22; a method is in capitals.
bool begins_http(char byte) noexcept { return byte >= 'A' && byte <= 'Z'; }

}  // namespace

struct TlsStream::Bio {
  static Transport& transport(BIO* bio) { return *static_cast<Transport*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, std::size_t size, std::size_t* done) {
    Transport& from = transport(bio);
    BIO_clear_retry_flags(bio);
    *done = 0;
    from.is_spent = from.budget == 0;
    if (from.is_spent || (from.has_content && from.was_short)) {
      BIO_set_retry_read(bio);
      return 0;
    }
    const Transfer read = from.socket.read({into, size});
    from.has_ended |= read.outcome == Transfer::Outcome::ended;
    if (read.outcome == Transfer::Outcome::would_block) BIO_set_retry_read(bio);
    if (read.outcome != Transfer::Outcome::moved) return 0;
    from.is_plain_http = !from.has_begun && begins_http(*into);
    from.has_begun = true;
    if (from.is_plain_http) return 0;
    from.was_short = !read.has_more;
    from.budget -= std::min(from.budget, read.bytes);
    *done = read.bytes;
    return 1;
  }

  static int write(BIO* bio, const char* bytes, std::size_t size, std::size_t* done) {
    BIO_clear_retry_flags(bio);
    const Transfer write = transport(bio).socket.write({bytes, size});
    *done = write.bytes;
    if (write.outcome == Transfer::Outcome::would_block) BIO_set_retry_write(bio);
    return write.outcome == Transfer::Outcome::moved ? 1 : 0;
  }

  static long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static BIO_METHOD* make_method() {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sluice socket");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read_ex(made, read);
    BIO_meth_set_write_ex(made, write);
    BIO_meth_set_ctrl(made, control);
    return made;
  }

  static BIO* make(Transport& transport) {
    static BIO_METHOD* const method = make_method();
    BIO* const bio = BIO_new(method);
    if (bio == nullptr) throw std::bad_alloc();
    BIO_set_data(bio, &transport);
    BIO_set_init(bio, 1);
    return bio;
  }
};

void TlsStream::Free::operator()(ssl_st* connection) const noexcept { SSL_free(connection); }

TlsStream::TlsStream(const TlsCredentials& credentials, int socket)
    : transport_{PlainStream(socket)}, connection_(SSL_new(credentials.native())) {
  if (!connection_) throw std::bad_alloc();
  BIO* const bio = Bio::make(transport_);
  SSL_set_bio(connection_.get(), bio, bio);
  SSL_set_accept_state(connection_.get());
}

TlsStream::~TlsStream() = default;

void TlsStream::begin_turn(std::size_t budget) noexcept {
  transport_.budget = budget;
  transport_.is_spent = false;
  transport_.has_content = false;
  transport_.was_short = false;
  ERR_clear_error();
}

Transfer::Outcome TlsStream::outcome_of(int result) {
  switch (SSL_get_error(connection_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return Transfer::Outcome::would_block;
    case SSL_ERROR_ZERO_RETURN: return Transfer::Outcome::ended;
    default: break;
  }
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  if (transport_.has_ended) return Transfer::Outcome::ended;
  failure_ = reason != nullptr ? reason : "the connection is broken";
  return Transfer::Outcome::failed;
}

Transfer TlsStream::read(std::span<char> into) {
  if (!failure_.empty()) return {Transfer::Outcome::failed};
  begin_turn(into.size() + kOverhead);
  std::size_t read = 0;
  while (read < into.size()) {
    std::size_t some = 0;
    const int result =
        SSL_read_ex(connection_.get(), into.data() + read, into.size() - read, &some);
    if (result != 1) {
      const Transfer::Outcome outcome = outcome_of(result);
      const bool is_waiting = outcome == Transfer::Outcome::would_block;
      if (read == 0) return {outcome, 0, is_waiting && transport_.is_spent};
      return {Transfer::Outcome::moved, read, !is_waiting || transport_.is_spent};
    }
    read += some;
    transport_.has_content = true;
  }
  return {Transfer::Outcome::moved, read, true};
}

Transfer TlsStream::write(std::string_view bytes) {
  if (!failure_.empty()) return {Transfer::Outcome::failed};
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &written);
  if (result == 1) return {Transfer::Outcome::moved, written};
  const bool is_waiting = outcome_of(result) == Transfer::Outcome::would_block;
  return {is_waiting ? Transfer::Outcome::would_block : Transfer::Outcome::failed};
}

void TlsStream::end() noexcept {
  if (has_said_goodbye_ || !is_open() || !failure_.empty()) return;
  has_said_goodbye_ = true;
  ERR_clear_error();
  SSL_shutdown(connection_.get());
  ERR_clear_error();
}

bool TlsStream::is_open() const noexcept { return SSL_is_init_finished(connection_.get()) == 1; }

bool TlsStream::waits_for_room() const noexcept { return SSL_want_write(connection_.get()); }

}  // namespace sluice::http

#include "delivery/tls_session.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "delivery/ip_address.hpp"

namespace sluice::delivery {

struct TlsSession::Transport {
  static TlsSession& session(BIO* bio) { return *static_cast<TlsSession*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* to, std::size_t size, std::size_t* done) {
    std::string_view& input = session(bio).input_;
    BIO_clear_retry_flags(bio);
    *done = std::min(size, input.size());
    if (*done == 0) {
      BIO_set_retry_read(bio);
      return 0;
    }
    std::memcpy(to, input.data(), *done);
    input.remove_prefix(*done);
    return 1;
  }

  static int write(BIO* bio, const char* from, std::size_t size, std::size_t* done) {
    session(bio).output_.append(from, size);
    *done = size;
    return 1;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO_METHOD* make_method() {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sluice buffers");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read_ex(made, read);
    BIO_meth_set_write_ex(made, write);
    BIO_meth_set_ctrl(made, control);
    return made;
  }

  static BIO* make(TlsSession& session) {
    static BIO_METHOD* const method = make_method();
    BIO* bio = BIO_new(method);
    if (bio == nullptr) throw std::bad_alloc();
    BIO_set_data(bio, &session);
    BIO_set_init(bio, 1);
    return bio;
  }
};

void TlsSession::Free::operator()(ssl_st* connection) const noexcept {
  // Freed without this, OpenSSL takes the session for broken and it is never resumed.
  SSL_set_shutdown(connection, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(connection);
}

TlsSession::TlsSession(TlsContext& context, const std::string& host, std::string peer)
    : context_(context), peer_(std::move(peer)), connection_(SSL_new(context.native())) {
  SSL* connection = connection_.get();
  if (connection == nullptr) throw std::bad_alloc();
  BIO* transport = Transport::make(*this);
  SSL_set_bio(connection, transport, transport);
  SSL_set_connect_state(connection);
  SSL_set_app_data(connection, this);
  X509_VERIFY_PARAM* rules = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool is_set = IpAddress::parse(host)
                          ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
                          : X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 &&
                                SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
  if (!is_set) throw std::bad_alloc();
  if (const TlsTicket ticket = context.tickets().take(peer_))
    SSL_set_session(connection, ticket.get());
}

TlsSession::~TlsSession() = default;

void TlsSession::keep_ticket(ssl_session_st* session) {
  context_.tickets().keep(peer_, TlsTicket{session});
}

TlsSession::Progress TlsSession::progress_of(int result) {
  if (result == 1) return Progress::done;
  switch (SSL_get_error(connection_.get(), result)) {
    case SSL_ERROR_WANT_READ: return Progress::wants_input;
    case SSL_ERROR_ZERO_RETURN: return Progress::ended;
    default: break;
  }
  if (const char* reason = ERR_reason_error_string(ERR_peek_last_error())) reason_ = reason;
  ERR_clear_error();
  return Progress::failed;
}

TlsSession::Progress TlsSession::handshake() {
  ERR_clear_error();
  return progress_of(SSL_do_handshake(connection_.get()));
}

TlsSession::Progress TlsSession::read(std::span<char> plain, std::size_t& size) {
  ERR_clear_error();
  size = 0;
  return progress_of(SSL_read_ex(connection_.get(), plain.data(), plain.size(), &size));
}

bool TlsSession::write(std::string_view plain) {
  ERR_clear_error();
  std::size_t written = 0;  // all of it: the buffer takes what comes
  return progress_of(SSL_write_ex(connection_.get(), plain.data(), plain.size(), &written)) ==
         Progress::done;
}

void TlsSession::end() {
  ERR_clear_error();
  SSL_shutdown(connection_.get());
  ERR_clear_error();
}

bool TlsSession::is_resumed() const { return SSL_session_reused(connection_.get()) == 1; }

std::string TlsSession::failure() const {
  const long verdict = SSL_get_verify_result(connection_.get());
  if (verdict != X509_V_OK)
    return std::string{"the certificate is refused: "} + X509_verify_cert_error_string(verdict);
  return std::string{"TLS failed: "} + reason_;
}

}  // namespace sluice::delivery

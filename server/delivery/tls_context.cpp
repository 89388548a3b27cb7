#include "delivery/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <new>
#include <stdexcept>

#include "delivery/tls_session.hpp"

namespace sluice::delivery {
namespace {

constexpr std::array<unsigned char, 9> kHttp11 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/// OpenSSL's, for each session that could be resumed later; 1: it is ours now.
int keep_ticket(SSL* connection, SSL_SESSION* session) {
  static_cast<TlsSession*>(SSL_get_app_data(connection))->keep_ticket(session);
  return 1;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

TlsContext::TlsContext(const TlsOptions& options)
    : tickets_(options.resumable_peers), context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* context = context_.get();
  if (context == nullptr) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // 34 KiB less for each idle connection
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(context);
  if (!options.extra_ca_file.empty() &&
      SSL_CTX_load_verify_file(context, options.extra_ca_file.c_str()) != 1) {
    ERR_clear_error();
    throw std::runtime_error("cannot read certificates from " + options.extra_ca_file);
  }
  SSL_CTX_set_alpn_protos(context, kHttp11.data(), kHttp11.size());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_ticket);
}

}  // namespace sluice::delivery

#include "misbehaving_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <list>
#include <stdexcept>
#include <thread>

#include "base/file_descriptor.hpp"
#include "base/mutex.hpp"

namespace sluice::testkit {
namespace {

using SslContext = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
using SslConnection = std::unique_ptr<SSL, void (*)(SSL*)>;

base::FileDescriptor bound_to_loopback() {
  base::FileDescriptor bound{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(bound.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    throw std::runtime_error("cannot bind to loopback");
  return bound;
}

base::FileDescriptor listen_on_loopback() {
  base::FileDescriptor listener = bound_to_loopback();
  if (::listen(listener.get(), 128) != 0) throw std::runtime_error("cannot listen on loopback");
  return listener;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

SslContext make_context(const TlsIdentity* identity, int max_version) {
  SslContext context{nullptr, SSL_CTX_free};
  if (identity == nullptr) return context;
  context.reset(SSL_CTX_new(TLS_server_method()));
  const std::unique_ptr<BIO, int (*)(BIO*)> certificate_text{
      BIO_new_mem_buf(identity->certificate.data(), static_cast<int>(identity->certificate.size())),
      BIO_free};
  const std::unique_ptr<BIO, int (*)(BIO*)> key_text{
      BIO_new_mem_buf(identity->key.data(), static_cast<int>(identity->key.size())), BIO_free};
  X509* certificate = PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context.get(), certificate);
  SSL_CTX_use_PrivateKey(context.get(), key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (max_version != 0) SSL_CTX_set_max_proto_version(context.get(), max_version);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "DEFAULT:@SECLEVEL=0");
  return context;
}

class SocketConversation final : public Conversation {
 public:
  SocketConversation(base::FileDescriptor socket, int stop, SSL_CTX* context)
      : socket_(std::move(socket)), stop_(stop) {
    if (context == nullptr) return;
    tls_.reset(SSL_new(context));
    SSL_set_fd(tls_.get(), socket_.get());
  }

  bool accept_tls() { return !tls_ || SSL_accept(tls_.get()) == 1; }
  void close() {
    if (tls_) SSL_shutdown(tls_.get());
    ERR_clear_error();
    socket_.reset();
  }

  ReceivedRequest read_request() override {
    ReceivedRequest request;
    std::size_t end = std::string::npos;
    while ((end = held_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return {};
    request.head = held_.substr(0, end + 4);
    held_.erase(0, end + 4);
    std::size_t length = 0;
    const std::string value = request.header("content-length");
    std::from_chars(value.data(), value.data() + value.size(), length);
    while (held_.size() < length)
      if (!receive()) return {};
    request.body = held_.substr(0, length);
    held_.erase(0, length);
    if (on_request) on_request(request);
    return request;
  }

  bool send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto count = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  bool wait_for_end(std::chrono::milliseconds time) override {
    pollfd waits[] = {{socket_.get(), POLLRDHUP, 0}, {stop_, POLLIN, 0}};
    return ::poll(waits, 2, static_cast<int>(time.count())) > 0;
  }

  void reset() override {
    const linger at_once{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    socket_.reset();
    tls_.reset();
  }

  bool is_resumed() const override { return tls_ && SSL_session_reused(tls_.get()) == 1; }

  std::function<void(const ReceivedRequest&)> on_request;

 private:
  bool receive() {
    char buffer[4096];
    pollfd waits[] = {{socket_.get(), POLLIN, 0}, {stop_, POLLIN, 0}};
    if (!tls_ || SSL_pending(tls_.get()) == 0) {
      ::poll(waits, 2, -1);
      if (waits[1].revents != 0) return false;
    }
    const auto count = tls_ ? SSL_read(tls_.get(), buffer, sizeof(buffer))
                            : ::recv(socket_.get(), buffer, sizeof(buffer), 0);
    if (count <= 0) return false;
    held_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  base::FileDescriptor socket_;
  int stop_;
  SslConnection tls_{nullptr, SSL_free};
  std::string held_;
};

}  // namespace

std::string ReceivedRequest::header(std::string_view name) const {
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const std::size_t end = head.find("\r\n", at + 2);
    const std::string line = head.substr(at + 2, end - at - 2);
    const std::size_t colon = line.find(':');
    std::string found = line.substr(0, colon);
    std::transform(found.begin(), found.end(), found.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (colon != std::string::npos && found == name)
      return line.substr(line.find_first_not_of(' ', colon + 1));
    at = end;
  }
  return {};
}

struct MisbehavingReceiver::Impl {
  Impl(Script given, const TlsIdentity* identity, int max_version)
      : script(std::move(given)), context(make_context(identity, max_version)) {}

  void accept() {
    while (true) {
      pollfd waits[] = {{listener.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}};
      ::poll(waits, 2, -1);
      if (waits[1].revents != 0) return;
      base::FileDescriptor socket{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      if (!socket) continue;
      const base::MutexLock lock(mutex);
      const int number = connections++;
      threads.emplace_back([this, number, fd = socket.release()] { serve(fd, number); });
    }
  }

  void serve(int fd, int number) {
    SocketConversation conversation{base::FileDescriptor{fd}, stop.get(), context.get()};
    conversation.number = number;
    conversation.on_request = [this](const ReceivedRequest& request) {
      const base::MutexLock lock(mutex);
      requests.push_back(request);
    };
    if (conversation.accept_tls()) script(conversation);
    conversation.close();
  }

  const Script script;
  const SslContext context;
  const base::FileDescriptor listener = listen_on_loopback();
  const base::FileDescriptor stop{eventfd(0, EFD_CLOEXEC)};
  base::Mutex mutex;
  int connections SLUICE_GUARDED_BY(mutex) = 0;
  std::vector<ReceivedRequest> requests SLUICE_GUARDED_BY(mutex);
  std::list<std::jthread> threads SLUICE_GUARDED_BY(mutex);
  std::jthread acceptor;
};

MisbehavingReceiver::MisbehavingReceiver(Script script, const TlsIdentity* identity,
                                         int max_tls_version)
    : impl_(std::make_unique<Impl>(std::move(script), identity, max_tls_version)) {
  impl_->acceptor = std::jthread{[this] { impl_->accept(); }};
}

MisbehavingReceiver::~MisbehavingReceiver() {
  eventfd_write(impl_->stop.get(), 1);
  impl_->acceptor.join();
  std::list<std::jthread> threads;
  {
    const base::MutexLock lock(impl_->mutex);
    threads.swap(impl_->threads);
  }
}

std::uint16_t MisbehavingReceiver::port() const { return port_of(impl_->listener.get()); }

std::string MisbehavingReceiver::url(std::string_view path) const {
  return (impl_->context ? "https" : "http") + std::string{"://127.0.0.1:"} +
         std::to_string(port()) + std::string{path};
}

int MisbehavingReceiver::connections() const {
  const base::MutexLock lock(impl_->mutex);
  return impl_->connections;
}

std::vector<ReceivedRequest> MisbehavingReceiver::requests() const {
  const base::MutexLock lock(impl_->mutex);
  return impl_->requests;
}

MisbehavingReceiver::Script answer(std::string response) {
  return [response = std::move(response)](Conversation& peer) {
    while (!peer.read_request().head.empty() && peer.send(response)) {
    }
  };
}

std::string response(int status, std::string_view body, std::string_view headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Status\r\n" + std::string{headers} +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

std::uint16_t closed_port() {
  // Bound for as long as the program runs: a port that was let go may be another's a moment later.
  static const base::FileDescriptor bound = bound_to_loopback();
  return port_of(bound.get());
}

}  // namespace sluice::testkit

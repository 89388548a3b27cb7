#include "bench/e2e/keep_alive_sink.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "bench/e2e/signed_request.hpp"

namespace sluice::bench {
namespace {

constexpr std::string_view kGood = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
constexpr std::string_view kBad = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";

struct Peer {
  int socket = -1;
  SSL* tls = nullptr;
  std::string held;
};

int listen_on_loopback(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, generic, size) != 0 || ::listen(listener, 1024) != 0 ||
      ::getsockname(listener, generic, &size) != 0)
    throw std::runtime_error("the sink cannot listen");
  port = ntohs(address.sin_port);
  return listener;
}

SSL_CTX* make_context(const std::string& certificate, const std::string& key) {
  if (certificate.empty()) return nullptr;
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  BIO* certificate_text = BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size()));
  BIO* key_text = BIO_new_mem_buf(key.data(), static_cast<int>(key.size()));
  SSL_CTX_use_certificate(context, PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr));
  SSL_CTX_use_PrivateKey(context, PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr));
  return context;  // as long as the process
}

class Sink {
 public:
  Sink(int listener, const std::string& secret, SSL_CTX* context)
      : listener_(listener), check_(secret), context_(context) {}

  [[noreturn]] void run() {
    add(listener_, nullptr);
    std::array<epoll_event, 256> events;
    while (true) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        auto* peer = static_cast<Peer*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (peer == nullptr)
          accept();
        else if (!serve(*peer))
          close(peer);
      }
    }
  }

 private:
  void add(int socket, Peer* peer) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = peer;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  }

  void accept() {
    auto* peer = new Peer;
    peer->socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    const int on = 1;
    ::setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (context_ != nullptr) {
      peer->tls = SSL_new(context_);
      SSL_set_fd(peer->tls, peer->socket);
      SSL_set_accept_state(peer->tls);
    }
    add(peer->socket, peer);
  }

  static void close(Peer* peer) {
    if (peer->tls != nullptr) SSL_free(peer->tls);
    ::close(peer->socket);
    delete peer;
  }

  bool serve(Peer& peer) {
    std::array<char, 16 * 1024> buffer;
    while (true) {
      const auto size = static_cast<int>(buffer.size());
      const auto count = peer.tls != nullptr ? SSL_read(peer.tls, buffer.data(), size)
                                             : ::recv(peer.socket, buffer.data(), buffer.size(), 0);
      if (count <= 0) {
        const bool is_waiting =
            peer.tls != nullptr
                ? SSL_get_error(peer.tls, static_cast<int>(count)) == SSL_ERROR_WANT_READ
                : count < 0 && errno == EAGAIN;
        return is_waiting;
      }
      peer.held.append(buffer.data(), static_cast<std::size_t>(count));
      while (answer(peer)) {
      }
      if (peer.tls == nullptr && count < size) return true;
    }
  }

  bool answer(Peer& peer) {
    const auto request = SignedRequest::parse(peer.held);
    if (!request) return false;
    const std::string_view reply = check_.is_signed(*request) ? kGood : kBad;
    if (peer.tls != nullptr)
      SSL_write(peer.tls, reply.data(), static_cast<int>(reply.size()));
    else
      ::send(peer.socket, reply.data(), reply.size(), MSG_NOSIGNAL);
    peer.held.erase(0, request->bytes());
    return true;
  }

  int listener_;
  int epoll_ = epoll_create1(0);
  SignatureCheck check_;
  SSL_CTX* context_;
};

}  // namespace

KeepAliveSink::KeepAliveSink(std::string secret, std::string certificate, std::string key) {
  const int listener = listen_on_loopback(port_);
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("the sink's process cannot be started");
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Sink{listener, secret, make_context(certificate, key)}.run();
  }
  ::close(listener);
}

KeepAliveSink::~KeepAliveSink() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

}  // namespace sluice::bench

// A client that sends what a test says, byte for byte, over a real socket.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "base/file_descriptor.hpp"
#include "tests/server/http/answer_reader.hpp"

namespace sluice::http {

/// Blocks; what takes longer than five minutes fails.
class RawClient final : public AnswerReader {
 public:
  /// `address` is what Server::address() says; `from` is an IPv4 address to bind to.
  explicit RawClient(const std::string& address, const std::string& from = "") {
    const bool is_v6 = address.front() == '[';
    socket_.reset(::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check(socket_.get(), "socket");
    const timeval patience{300, 0};
    check(::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), "opt");
    check(::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)), "opt");
    const int on = 1;
    check(::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), "opt");
    const std::size_t colon = address.rfind(':');
    const auto port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    if (is_v6) {
      sockaddr_in6 peer{};
      peer.sin6_family = AF_INET6;
      peer.sin6_port = port;
      ::inet_pton(AF_INET6, address.substr(1, colon - 2).c_str(), &peer.sin6_addr);
      check(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&peer), sizeof(peer)), "connect");
      return;
    }
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    if (!from.empty()) {
      ::inet_pton(AF_INET, from.c_str(), &peer.sin_addr);
      check(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&peer), sizeof(peer)), "bind");
    }
    peer.sin_port = port;
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &peer.sin_addr);
    check(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&peer), sizeof(peer)), "connect");
  }

  void send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      check(sent, "send");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// What one recv() brings; empty at the end, or when the connection was reset.
  std::string read_some() override {
    std::string bytes(65536, '\0');
    const ssize_t received = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (received < 0 && errno == ECONNRESET) {
      was_reset_ = true;
      return {};
    }
    check(received, "recv");
    bytes.resize(static_cast<std::size_t>(received));
    return bytes;
  }

  void end_sending() { ::shutdown(socket_.get(), SHUT_WR); }

  /// Closes with a reset instead of an orderly end.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    socket_.reset();
  }

  bool was_reset() const { return was_reset_; }
  int descriptor() const { return socket_.get(); }

 private:
  static void check(ssize_t result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  }

  base::FileDescriptor socket_;
  bool was_reset_ = false;
};

}  // namespace sluice::http

// A receiver of webhooks in a program of its own, for measurements of the whole service. It checks
// every signature, counts what arrives, and can fail half of its paths. Told "counts" on standard
// input, it answers with a line of JSON; with --arrivals it also prints when each delivery came.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "bench/e2e/signed_request.hpp"

namespace {

using sluice::bench::SignatureCheck;
using sluice::bench::SignedRequest;

constexpr std::string_view kGood = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
constexpr std::string_view kFailure = "HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n";

struct SinkOptions {
  std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  std::string failing;  // part of a path
  bool prints_arrivals = false;
  bool counts_ids = false;
};

struct Peer {
  int socket;
  std::string held;
};

std::int64_t monotonic_nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

class CountingSink {
 public:
  CountingSink(const SinkOptions& options, int listener)
      : options_(options), listener_(listener), check_(options.secret) {
    watch(listener_, nullptr);
    watch(STDIN_FILENO, &commands_);
  }

  /// Until standard input ends.
  void run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        auto* peer = static_cast<Peer*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (peer == nullptr) {
          accept();
        } else if (peer == &commands_) {
          if (!obey()) return;
        } else if (!serve(*peer)) {
          ::close(peer->socket);
          delete peer;
        }
      }
    }
  }

 private:
  void watch(int descriptor, Peer* peer) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = peer;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void accept() {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    watch(socket, new Peer{socket, {}});
  }

  bool obey() {
    std::array<char, 256> buffer;
    const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count <= 0) return false;
    for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(count)))
      if (c == '\n') print_counts();
    return true;
  }

  void print_counts() const {
    std::printf(
        "{\"at\":%.6f,\"deliveries\":%llu,\"events\":%llu,\"even\":%llu,\"failed\":%llu,"
        "\"unsigned\":%llu,\"distinct\":%zu}\n",
        static_cast<double>(monotonic_nanoseconds()) * 1e-9, deliveries_, events_, even_, failed_,
        unsigned_, ids_.size());
    std::fflush(stdout);
  }

  bool serve(Peer& peer) {
    const auto count = ::recv(peer.socket, buffer_.data(), buffer_.size(), 0);
    if (count <= 0) return count < 0 && errno == EAGAIN;
    peer.held.append(buffer_.data(), static_cast<std::size_t>(count));
    std::string_view rest = peer.held;
    while (const auto request = SignedRequest::parse(rest)) {
      const std::string_view reply = answer(*request);
      ::send(peer.socket, reply.data(), reply.size(), MSG_NOSIGNAL);
      rest.remove_prefix(request->bytes());
    }
    peer.held.erase(0, peer.held.size() - rest.size());
    return true;
  }

  std::string_view answer(const SignedRequest& request) {
    const std::string_view line = request.head.substr(0, request.head.find('\r'));
    if (!options_.failing.empty() && line.find(options_.failing) != line.npos) {
      ++failed_;
      return kFailure;
    }
    if (!check_.is_signed(request)) {
      ++unsigned_;
      return kFailure;
    }
    const std::string_view id = request.value_of("webhook-id: ");
    if (options_.prints_arrivals) {
      const auto subject = request.value_of("ce-id: ");
      std::printf("%.*s %lld\n", static_cast<int>(subject.size()), subject.data(),
                  static_cast<long long>(monotonic_nanoseconds()));
      std::fflush(stdout);
    }
    ++deliveries_;
    // Batches are NDJSON; a single event has no newline.
    const auto lines = std::count(request.body.begin(), request.body.end(), '\n');
    events_ += lines == 0 ? 1 : static_cast<unsigned long long>(lines);
    even_ += line.find("/even/") != line.npos ? 1 : 0;
    if (options_.counts_ids) ids_.insert(std::hash<std::string_view>{}(id));
    return kGood;
  }

  const SinkOptions& options_;
  const int listener_;
  const int epoll_ = epoll_create1(0);
  SignatureCheck check_;
  Peer commands_{STDIN_FILENO, {}};
  std::array<char, 256 * 1024> buffer_;
  std::unordered_set<std::size_t> ids_;
  unsigned long long deliveries_ = 0;
  unsigned long long events_ = 0;
  unsigned long long even_ = 0;
  unsigned long long failed_ = 0;
  unsigned long long unsigned_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  SinkOptions options;
  CLI::App app{"Takes deliveries, checks their signatures and counts them"};
  app.add_option("--secret", options.secret);
  app.add_option("--failing", options.failing, "paths that contain this are answered with 500");
  app.add_flag("--arrivals", options.prints_arrivals, "print each ce-id and the monotonic time");
  app.add_flag("--ids", options.counts_ids, "count how many different webhook-ids there were");
  CLI11_PARSE(app, argc, argv);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);

  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, generic, size) != 0 || ::listen(listener, 4096) != 0 ||
      ::getsockname(listener, generic, &size) != 0) {
    std::perror("sluice_counting_sink");
    return 1;
  }
  std::printf("http://127.0.0.1:%u\n", ntohs(address.sin_port));
  std::fflush(stdout);
  static CountingSink sink{options, listener};  // its buffer is large for a stack
  sink.run();
  return 0;
}

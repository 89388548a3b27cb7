// Publishes to a NATS JetStream stream in file storage, with so many messages not yet acknowledged,
// and counts the acknowledgements: what nats.go's asynchronous publishing does, without Go. Text
// protocol on one socket; see docs.nats.io, "Client Protocol" and "JetStream wire API".
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bench/e2e/loopback.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct PublisherOptions {
  std::uint16_t port = 4222;
  double seconds = 2;
  std::size_t bytes = 500;
  std::size_t window = 4096;
};

struct Acknowledgements {
  std::uint64_t good = 0;
  std::uint64_t bad = 0;
  std::uint64_t last_sequence = 0;
};

class Session {
 public:
  explicit Session(std::uint16_t port)
      : socket_(sluice::bench::connect_to_loopback(port)) {
    out = "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"c++\",\"version\":\"0\"}\r\n"
          "SUB inbox.* 1\r\n";
  }
  ~Session() { ::close(socket_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void publish(std::string_view subject, std::string_view reply, std::string_view payload) {
    out.append("PUB ").append(subject).append(" ").append(reply).append(" ");
    out.append(std::to_string(payload.size())).append("\r\n").append(payload).append("\r\n");
  }

  /// Sends what it can and takes what there is; waits for either.
  void move() {
    pollfd ready{socket_, static_cast<short>(out.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    if (::poll(&ready, 1, 5'000) <= 0) throw std::runtime_error("the server is silent");
    if ((ready.revents & POLLOUT) != 0) {
      const auto count = ::send(socket_, out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count > 0) out.erase(0, static_cast<std::size_t>(count));
    }
    if ((ready.revents & (POLLIN | POLLHUP)) == 0) return;
    std::array<char, 64 * 1024> buffer;
    const auto count = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN))
      throw std::runtime_error("the server has gone");
    if (count > 0) in_.append(buffer.data(), static_cast<std::size_t>(count));
  }

  /// The payload of the next message that has arrived in whole.
  std::optional<std::string> next() {
    for (;;) {
      const std::size_t end = in_.find("\r\n", taken_);
      if (end == std::string::npos) return forget();
      const std::string_view line = std::string_view(in_).substr(taken_, end - taken_);
      if (line.starts_with("MSG ")) {
        const std::string_view digits = line.substr(line.rfind(' ') + 1);
        std::size_t length = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), length);
        if (in_.size() < end + 2 + length + 2) return forget();
        taken_ = end + 2 + length + 2;
        return in_.substr(end + 2, length);
      }
      if (line.starts_with("-ERR")) throw std::runtime_error(std::string(line));
      if (line == "PING") out += "PONG\r\n";
      taken_ = end + 2;
    }
  }

  std::string ask(std::string_view subject, std::string_view payload) {
    publish(subject, "inbox.answer", payload);
    for (;;) {
      if (auto answer = next()) return *std::move(answer);
      move();
    }
  }

  std::string out;  // what is still to be sent

 private:
  std::nullopt_t forget() {
    in_.erase(0, taken_);
    taken_ = 0;
    return std::nullopt;
  }

  int socket_;
  std::string in_;
  std::size_t taken_ = 0;
};

void take(Session& session, Acknowledgements& acks) {
  while (const auto payload = session.next()) {
    const std::size_t at = payload->find("\"seq\":");
    if (at == std::string::npos || payload->find("\"error\"") != std::string::npos) {
      ++acks.bad;
      continue;
    }
    ++acks.good;
    std::uint64_t sequence = 0;
    std::from_chars(payload->data() + at + 6, payload->data() + payload->size(), sequence);
    acks.last_sequence = std::max(acks.last_sequence, sequence);
  }
}

void run(const PublisherOptions& options) {
  Session session(options.port);
  session.ask("$JS.API.STREAM.DELETE.BENCH", "");
  const std::string created = session.ask(
      "$JS.API.STREAM.CREATE.BENCH",
      R"({"name":"BENCH","subjects":["bench"],"storage":"file","retention":"limits",)"
      R"("max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"discard":"old","num_replicas":1})");
  if (created.find("\"error\"") != std::string::npos) throw std::runtime_error(created);

  const std::string payload(options.bytes, 'x');
  Acknowledgements acks;
  std::uint64_t sent = 0;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration<double>(options.seconds);
  Clock::time_point now = begin;
  while (now < end || acks.good + acks.bad < sent) {
    if (now < end) {
      constexpr std::size_t kInBuffer = std::size_t{256} << 10U;
      while (sent - acks.good - acks.bad < options.window && session.out.size() < kInBuffer) {
        session.publish("bench", "inbox.ack", payload);
        ++sent;
      }
    }
    session.move();
    take(session, acks);
    now = Clock::now();
  }
  const double seconds = std::chrono::duration<double>(now - begin).count();
  session.ask("$JS.API.STREAM.DELETE.BENCH", "");  // so that its pages are not written any more
  std::printf("{\"sent\":%llu,\"acknowledged\":%llu,\"refused\":%llu,\"last_sequence\":%llu,"
              "\"seconds\":%.4f,\"per_second\":%.0f}\n",
              static_cast<unsigned long long>(sent), static_cast<unsigned long long>(acks.good),
              static_cast<unsigned long long>(acks.bad),
              static_cast<unsigned long long>(acks.last_sequence), seconds,
              static_cast<double>(acks.good) / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  PublisherOptions options;
  CLI::App app{"Counts the acknowledgements of a NATS JetStream stream"};
  app.add_option("--port", options.port);
  app.add_option("--seconds", options.seconds);
  app.add_option("--bytes", options.bytes, "of each message");
  app.add_option("--window", options.window, "messages that are not yet acknowledged");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice_nats_publisher: %s\n", error.what());
    return 1;
  }
  return 0;
}

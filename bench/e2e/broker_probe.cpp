// One publisher and one subscriber with many wildcard subscriptions, through a broker, in one
// program that can keep a bounded number of messages on the way: what is measured is how fast they
// pass, not how many are dropped. Every message carries its number; none may be lost or come twice.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/e2e/broker_wire.hpp"
#include "bench/e2e/loopback.hpp"

namespace {

using namespace sluice::bench;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kDigits = 10;  // of a message's number, at its begin

struct ProbeOptions {
  std::string protocol = "mqtt0";
  std::uint16_t port = 1883;
  std::size_t subscriptions = 1'000;
  std::size_t events = 100'000;
  std::size_t bytes = 500;
  std::size_t window = 20'000;
};

/// One connection to the broker.
class Link {
 public:
  Link(std::uint16_t port, BrokerWire& wire)
      : wire_(wire), socket_(connect_to_loopback(port)) {}
  ~Link() { ::close(socket_); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  pollfd wish() const {
    return {socket_, static_cast<short>(out.size() == sent_ ? POLLIN : POLLIN | POLLOUT), 0};
  }

  /// Sends and takes what it can; `on_packet` sees every whole packet.
  void move(short ready, const std::function<void(const Packet&)>& on_packet) {
    if ((ready & POLLOUT) != 0) send();
    if ((ready & (POLLIN | POLLHUP)) == 0) return;
    const auto count = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN))
      throw std::runtime_error("the broker has gone");
    if (count > 0) in_.append(buffer_.data(), static_cast<std::size_t>(count));
    std::string_view rest = in_;
    while (!rest.empty()) {
      const Packet packet = wire_.take(rest, out);
      if (packet.kind == Packet::Kind::incomplete) break;
      on_packet(packet);
      rest.remove_prefix(packet.bytes);
    }
    in_.erase(0, in_.size() - rest.size());
  }

  std::size_t unsent() const { return out.size() - sent_; }

  std::string out;  // what is still to be sent, from sent_ on

 private:
  void send() {
    const auto count = ::send(socket_, out.data() + sent_, unsent(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) sent_ += static_cast<std::size_t>(count);
    if (sent_ != out.size()) return;
    out.clear();
    sent_ = 0;
  }

  BrokerWire& wire_;
  int socket_ = -1;
  std::size_t sent_ = 0;
  std::string in_;
  std::array<char, 256 * 1024> buffer_{};
};

/// Until `is_done`: both links move; an unlucky silence of ten seconds is an error.
void pump(Link& publisher, Link& subscriber, const std::function<bool()>& is_done,
          const std::function<void(const Packet&)>& on_packet) {
  while (!is_done()) {
    std::array<pollfd, 2> ready{publisher.wish(), subscriber.wish()};
    if (::poll(ready.data(), ready.size(), 10'000) <= 0)
      throw std::runtime_error("nothing moves any more");
    subscriber.move(ready[1].revents, on_packet);
    publisher.move(ready[0].revents, [&](const Packet& packet) {
      if (packet.kind == Packet::Kind::greeting) on_packet(packet);
    });
  }
}

void run(const ProbeOptions& options) {
  const auto wire = make_broker_wire(options.protocol);
  Link publisher(options.port, *wire);
  Link subscriber(options.port, *wire);
  std::size_t greetings = 0;
  std::size_t subscribed = 0;
  std::size_t received = 0;
  std::size_t repeated = 0;
  std::vector<bool> seen(options.events);
  const auto on_packet = [&](const Packet& packet) {
    greetings += packet.kind == Packet::Kind::greeting ? 1 : 0;
    subscribed += packet.kind == Packet::Kind::subscribed ? 1 : 0;
    if (packet.kind != Packet::Kind::message) return;
    std::size_t number = options.events;
    std::from_chars(packet.payload.data(), packet.payload.data() + kDigits, number);
    if (number >= options.events || packet.payload.size() != options.bytes)
      throw std::runtime_error("a message is not what was published");
    ++received;
    repeated += seen[number] ? 1 : 0;
    seen[number] = true;
  };
  wire->append_hello(publisher.out, "publisher");
  wire->append_hello(subscriber.out, "subscriber");
  pump(
      publisher, subscriber, [&] { return greetings == 2; }, on_packet);
  for (std::size_t i = 0; i < options.subscriptions; ++i)
    wire->append_subscription(subscriber.out, i);
  pump(
      publisher, subscriber, [&] { return subscribed == options.subscriptions; }, on_packet);

  std::string payload(options.bytes, 'x');
  std::size_t published = 0;
  const auto begin = Clock::now();
  const auto publish = [&] {
    constexpr std::size_t kInBuffer = std::size_t{256} << 10U;
    while (published < options.events && published - received < options.window &&
           publisher.unsent() < kInBuffer) {
      const std::string digits = std::to_string(published);
      std::fill_n(payload.begin(), kDigits, '0');
      std::copy(digits.begin(), digits.end(),
                payload.begin() + static_cast<std::ptrdiff_t>(kDigits - digits.size()));
      wire->append_message(publisher.out, published % options.subscriptions, payload);
      ++published;
    }
    return received >= options.events;
  };
  pump(publisher, subscriber, publish, on_packet);
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto missing = std::count(seen.begin(), seen.end(), false);
  std::printf(
      "{\"published\":%zu,\"received\":%zu,\"missing\":%zu,\"repeated\":%zu,"
      "\"seconds\":%.4f,\"per_second\":%.0f}\n",
      published, received, static_cast<std::size_t>(missing), repeated, seconds,
      static_cast<double>(received) / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  ProbeOptions options;
  CLI::App app{"Measures how fast messages pass through an MQTT or NATS broker"};
  app.add_option("--protocol", options.protocol, "mqtt0, mqtt1 or nats");
  app.add_option("--port", options.port);
  app.add_option("--subscriptions", options.subscriptions)->check(CLI::PositiveNumber);
  app.add_option("--events", options.events)->check(CLI::PositiveNumber);
  app.add_option("--bytes", options.bytes, "of each message")->check(CLI::Range(10, 1 << 20));
  app.add_option("--window", options.window, "messages on the way at most");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice_broker_probe: %s\n", error.what());
    return 1;
  }
  return 0;
}

// The text protocol of NATS core; see docs.nats.io, "Client Protocol".
#include <charconv>
#include <stdexcept>

#include "bench/e2e/broker_wire.hpp"

namespace sluice::bench {

namespace {

class NatsWire final : public BrokerWire {
 public:
  void append_hello(std::string& out, std::string_view client) override {
    out.append(R"(CONNECT {"verbose":false,"pedantic":false,"lang":"c++","version":"0","name":")");
    out.append(client).append("\"}\r\n");
  }

  void append_subscription(std::string& out, std::size_t number) override {
    const std::string digits = std::to_string(number);
    out.append("SUB bench.w").append(digits).append(".* ").append(digits).append("\r\nPING\r\n");
  }

  void append_message(std::string& out, std::size_t number, std::string_view payload) override {
    out.append("PUB bench.w").append(std::to_string(number)).append(".created ");
    out.append(std::to_string(payload.size())).append("\r\n").append(payload).append("\r\n");
  }

  Packet take(std::string_view in, std::string& answers) override {
    const std::size_t end = in.find("\r\n");
    if (end == std::string_view::npos) return {};
    const std::string_view line = in.substr(0, end);
    if (line.starts_with("MSG ")) {
      const std::string_view digits = line.substr(line.rfind(' ') + 1);
      std::size_t length = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), length);
      const std::size_t bytes = end + 2 + length + 2;
      if (in.size() < bytes) return {};
      return {Packet::Kind::message, bytes, in.substr(end + 2, length)};
    }
    if (line.starts_with("-ERR")) throw std::runtime_error(std::string(line));
    if (line == "PING") answers += "PONG\r\n";
    const auto kind = line.starts_with("INFO ") ? Packet::Kind::greeting
                      : line == "PONG"          ? Packet::Kind::subscribed
                                                : Packet::Kind::other;
    return {kind, end + 2, {}};
  }
};

}  // namespace

std::unique_ptr<BrokerWire> make_nats_wire() { return std::make_unique<NatsWire>(); }

std::unique_ptr<BrokerWire> make_broker_wire(std::string_view protocol) {
  if (protocol == "mqtt0") return make_mqtt_wire(0);
  if (protocol == "mqtt1") return make_mqtt_wire(1);
  if (protocol == "nats") return make_nats_wire();
  throw std::invalid_argument("no protocol is called '" + std::string(protocol) + "'");
}

}  // namespace sluice::bench

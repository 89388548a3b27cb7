// MQTT 3.1.1 (OASIS Standard, 29 October 2014), qualities of service 0 and 1.
#include <cstdint>
#include <stdexcept>

#include "bench/e2e/broker_wire.hpp"

namespace sluice::bench {

namespace {

// Control packet types, section 2.2.1, with the flags that they must have.
constexpr unsigned kConnect = 0x10;
constexpr unsigned kConnack = 0x20;
constexpr unsigned kPublish = 0x30;
constexpr unsigned kPuback = 0x40;
constexpr unsigned kSubscribe = 0x82;
constexpr unsigned kSuback = 0x90;

void append_byte(std::string& out, std::size_t value) { out += static_cast<char>(value & 0xFFU); }

void append_short(std::string& out, std::size_t value) {
  append_byte(out, value >> 8U);
  append_byte(out, value);
}

void append_text(std::string& out, std::string_view text) {
  append_short(out, text.size());
  out += text;
}

void append_head(std::string& out, unsigned type, std::size_t length) {
  append_byte(out, type);
  do {  // the remaining length, section 2.2.3
    append_byte(out, length % 128 + (length >= 128 ? 128 : 0));
    length /= 128;
  } while (length != 0);
}

std::size_t byte_at(std::string_view in, std::size_t at) {
  return static_cast<unsigned char>(in[at]);
}

class MqttWire final : public BrokerWire {
 public:
  explicit MqttWire(unsigned quality) : quality_(quality) {}

  void append_hello(std::string& out, std::string_view client) override {
    append_head(out, kConnect, 10 + 2 + client.size());
    append_text(out, "MQTT");
    append_byte(out, 4);   // 3.1.1
    append_byte(out, 2);   // a clean session
    append_short(out, 0);  // no keep-alive
    append_text(out, client);
  }

  void append_subscription(std::string& out, std::size_t number) override {
    const std::string filter = "bench/w" + std::to_string(number) + "/+";
    append_head(out, kSubscribe, 2 + 2 + filter.size() + 1);
    append_short(out, number % 0xFFFF + 1);
    append_text(out, filter);
    append_byte(out, quality_);
  }

  void append_message(std::string& out, std::size_t number, std::string_view payload) override {
    topic_.assign("bench/w").append(std::to_string(number)).append("/created");
    append_head(out, kPublish | quality_ << 1U,
                2 + topic_.size() + (quality_ == 0 ? 0 : 2) + payload.size());
    append_text(out, topic_);
    if (quality_ != 0) {
      packet_ = packet_ % 0xFFFF + 1;
      append_short(out, packet_);
    }
    out += payload;
  }

  Packet take(std::string_view in, std::string& answers) override {
    std::size_t length = 0;
    std::size_t at = 1;
    for (unsigned shift = 0;; shift += 7) {
      if (at >= in.size()) return {};
      const std::size_t byte = byte_at(in, at++);
      length |= (byte & 0x7FU) << shift;
      if (byte < 128) break;
    }
    if (in.size() < at + length) return {};
    const std::string_view body = in.substr(at, length);
    const auto type = static_cast<unsigned>(byte_at(in, 0));
    if ((type & 0xF0U) == kPublish)
      return {Packet::Kind::message, at + length, open(type, body, answers)};
    if (type == kConnack && byte_at(body, 1) != 0) throw std::runtime_error("connection refused");
    if (type == kSuback && byte_at(body, 2) > 2) throw std::runtime_error("subscription refused");
    const auto kind = type == kConnack  ? Packet::Kind::greeting
                      : type == kSuback ? Packet::Kind::subscribed
                                        : Packet::Kind::other;
    return {kind, at + length, {}};
  }

 private:
  /// The payload; a message of quality 1 is acknowledged.
  static std::string_view open(unsigned type, std::string_view body, std::string& answers) {
    std::size_t at = 2 + (byte_at(body, 0) << 8U | byte_at(body, 1));
    if ((type & 0x06U) != 0) {
      append_head(answers, kPuback, 2);
      answers += body.substr(at, 2);
      at += 2;
    }
    return body.substr(at);
  }

  const unsigned quality_;
  std::size_t packet_ = 0;
  std::string topic_;
};

}  // namespace

std::unique_ptr<BrokerWire> make_mqtt_wire(unsigned quality) {
  return std::make_unique<MqttWire>(quality);
}

}  // namespace sluice::bench

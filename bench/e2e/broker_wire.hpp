// The protocols of brokers, as far as one publisher and one subscriber need them. Nothing is
// allocated for a message and many go into one write, so that the client is not what is measured.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::bench {

struct Packet {
  enum class Kind : unsigned char { incomplete, greeting, subscribed, message, other };

  Kind kind = Kind::incomplete;
  std::size_t bytes = 0;
  std::string_view payload{};  // of a message
};

/// One protocol. Thread safety: one thread.
class BrokerWire {
 public:
  virtual ~BrokerWire() = default;

  /// Begins a connection; the broker answers with a greeting.
  virtual void append_hello(std::string& out, std::string_view client) = 0;
  /// Asks for what is published to name `number`, by a pattern with one wildcard; the broker answers
  /// with one `subscribed`.
  virtual void append_subscription(std::string& out, std::size_t number) = 0;
  virtual void append_message(std::string& out, std::size_t number, std::string_view payload) = 0;
  /// The first packet of `in`; what it must be answered with is appended to `answers`.
  /// Errors: std::runtime_error if the broker refuses something.
  virtual Packet take(std::string_view in, std::string& answers) = 0;
};

/// "mqtt0", "mqtt1" (their quality of service) or "nats". Errors: std::invalid_argument.
std::unique_ptr<BrokerWire> make_broker_wire(std::string_view protocol);
std::unique_ptr<BrokerWire> make_mqtt_wire(unsigned quality);
std::unique_ptr<BrokerWire> make_nats_wire();

}  // namespace sluice::bench

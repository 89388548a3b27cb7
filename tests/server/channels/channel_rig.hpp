// A channel with the client that it sends with, run on the test's own thread.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <utility>

#include "delivery/sender.hpp"
#include "domain/catalogue.hpp"
#include "tests/server/delivery/client_rig.hpp"

namespace sluice::testkit {

inline delivery::Delivery delivery_with(domain::ChannelKind kind, boost::json::object configs,
                                        std::string event = R"({"event_type":"a.b"})") {
  auto target = std::make_shared<delivery::DeliveryTarget>();
  target->channel.kind = kind;
  target->channel.configs = std::move(configs);
  delivery::Delivery delivery;
  delivery.target = std::move(target);
  delivery.events.push_back({.sequence = 1, .event_id = "e", .json = std::move(event)});
  return delivery;
}

struct ChannelRig : ClientRig {
  using ClientRig::ClientRig;

  /// Sends, and runs the loop until the verdict is there.
  template <class Channel>
  delivery::Verdict send(Channel& channel, delivery::Delivery delivery) {
    delivery::Verdict told;
    channel.send(std::move(delivery), [&](delivery::Verdict verdict) {
      told = std::move(verdict);
      loop.stop();
    });
    loop.run();
    return told;
  }

  domain::Catalogue catalogue;
};

}  // namespace sluice::testkit

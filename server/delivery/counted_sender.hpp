// A Sender that counts what another one does, by organisation. Tests of webhooks are not counted,
// nor attempts that say nothing about the receiver.
#pragma once

#include "delivery/sender.hpp"

namespace sluice::domain {
class Traffic;
}

namespace sluice::delivery {

/// Lifetime: both outlive it, and what it has sent.
class CountedSender final : public Sender {
 public:
  CountedSender(Sender& sender, domain::Traffic& traffic) : sender_(sender), traffic_(traffic) {}

  void send(Delivery delivery, Receiver receiver) override;

 private:
  Sender& sender_;
  domain::Traffic& traffic_;
};

}  // namespace sluice::delivery

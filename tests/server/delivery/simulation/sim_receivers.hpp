// The receivers of a simulation, and the Sender that reaches them: each channel's receiver behaves in
// one of the ways in which receivers do.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "delivery/sender.hpp"
#include "tests/server/delivery/simulation/sim_loop.hpp"

namespace sluice::testkit {

enum class Behaviour : std::uint8_t {
  prompt,      // takes it at once
  slow,        // takes it after a while
  failing,     // 500
  hanging,     // nothing until the deadline
  refusing,    // connection refused
  throttling,  // 429, with a Retry-After
  moody,       // sometimes takes it, sometimes 500
  lying,       // takes it, and the answer is lost
  gone,        // 410
  rejecting,   // 400, for good
  cancelling   // our own side gives up before anything was sent
};

struct SimReceivers {
  using Arrival = std::function<void(const delivery::Delivery&)>;

  Behaviour of(std::uint32_t channel) const {
    const auto found = behaviours.find(channel);
    return found == behaviours.end() ? Behaviour::prompt : found->second;
  }

  std::map<std::uint32_t, Behaviour> behaviours;
  std::function<void(const delivery::Delivery&)> on_send;
  Arrival on_arrival;  // the receiver has the delivery
  std::function<void(const delivery::Delivery&, const delivery::Verdict&)> on_verdict;
  std::chrono::microseconds prompt_time{500};
  std::uint32_t retry_after_seconds = 60;
  std::string recipients;  // what attempts that fail or are cancelled say of them
};

/// The Sender of one process.
class SimSender final : public delivery::Sender {
 public:
  SimSender(SimLoop& loop, SimReceivers& receivers, std::uint64_t seed)
      : loop_(loop), receivers_(receivers), random_(seed) {}

  void send(delivery::Delivery delivery, Receiver receiver) override {
    using namespace std::chrono_literals;
    if (receivers_.on_send) receivers_.on_send(delivery);
    ++in_flight_;
    most_in_flight_ = std::max(most_in_flight_, in_flight_);
    switch (receivers_.of(delivery.target->channel.number)) {
      case Behaviour::prompt: return take(std::move(delivery), std::move(receiver), prompt());
      case Behaviour::slow: return take(std::move(delivery), std::move(receiver), 900ms);
      case Behaviour::failing: return fail(std::move(delivery), std::move(receiver), 1ms, 500);
      case Behaviour::hanging: return fail(std::move(delivery), std::move(receiver), 10s, 0);
      case Behaviour::refusing: return refuse(std::move(delivery), std::move(receiver));
      case Behaviour::throttling: return fail(std::move(delivery), std::move(receiver), 1ms, 429);
      case Behaviour::moody:
        if (random_() % 3 != 0) return take(std::move(delivery), std::move(receiver), prompt());
        return fail(std::move(delivery), std::move(receiver), 2ms, 503);
      case Behaviour::lying: return lie(std::move(delivery), std::move(receiver));
      case Behaviour::gone: return fail(std::move(delivery), std::move(receiver), 1ms, 410);
      case Behaviour::rejecting: return fail(std::move(delivery), std::move(receiver), 1ms, 400);
      case Behaviour::cancelling: return cancel(std::move(delivery), std::move(receiver));
    }
  }

  std::size_t in_flight() const { return in_flight_; }
  std::size_t most_in_flight() const { return most_in_flight_; }

 private:
  std::chrono::microseconds prompt() {
    return receivers_.prompt_time + std::chrono::microseconds(random_() % 500);
  }

  void end(std::chrono::microseconds after, delivery::Delivery delivery, Receiver receiver,
           delivery::Verdict verdict, bool arrives) {
    verdict.duration = after;
    loop_.run_at(loop_.steady_now() + after,
                 [this, delivery = std::move(delivery), receiver = std::move(receiver),
                  verdict = std::move(verdict), arrives] {
                   --in_flight_;
                   if (arrives && receivers_.on_arrival) receivers_.on_arrival(delivery);
                   if (receivers_.on_verdict) receivers_.on_verdict(delivery, verdict);
                   receiver(verdict);
                 });
  }

  void take(delivery::Delivery delivery, Receiver receiver, std::chrono::microseconds after) {
    delivery::Verdict verdict;
    verdict.decision = delivery::Decision::delivered;
    verdict.status_code = 200;
    end(after, std::move(delivery), std::move(receiver), std::move(verdict), true);
  }
  void fail(delivery::Delivery delivery, Receiver receiver, std::chrono::microseconds after,
            int status) {
    delivery::Verdict verdict;
    verdict.decision = status == 410   ? delivery::Decision::disable
                       : status == 400 ? delivery::Decision::permanent
                                       : delivery::Decision::retry;
    if (status != 0) verdict.status_code = status;
    if (status == 429) verdict.retry_after = std::chrono::seconds(receivers_.retry_after_seconds);
    verdict.recipients = receivers_.recipients;
    verdict.error = status == 0 ? "no answer in time" : "answered " + std::to_string(status);
    end(after, std::move(delivery), std::move(receiver), std::move(verdict), false);
  }
  void refuse(delivery::Delivery delivery, Receiver receiver) {
    delivery::Verdict verdict;
    verdict.was_refused = true;
    verdict.error = "connection refused";
    end(std::chrono::microseconds(200), std::move(delivery), std::move(receiver),
        std::move(verdict), false);
  }
  void lie(delivery::Delivery delivery, Receiver receiver) {
    delivery::Verdict verdict;
    verdict.error = "the connection ended before the response did";
    end(prompt(), std::move(delivery), std::move(receiver), std::move(verdict), true);
  }
  void cancel(delivery::Delivery delivery, Receiver receiver) {
    delivery::Verdict verdict;
    verdict.was_cancelled = true;
    verdict.recipients = receivers_.recipients;
    end(std::chrono::microseconds(100), std::move(delivery), std::move(receiver),
        std::move(verdict), false);
  }

  SimLoop& loop_;
  SimReceivers& receivers_;
  std::mt19937_64 random_;
  std::size_t in_flight_ = 0;
  std::size_t most_in_flight_ = 0;
};

}  // namespace sluice::testkit

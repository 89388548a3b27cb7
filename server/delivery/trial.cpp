#include "delivery/trial.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace sluice::delivery {

struct Trial::Run {
  std::vector<AttemptRecord> attempts;
  std::size_t awaited = 0;
  Receiver receiver;
};

void Trial::run(const WebhookEntry& webhook, const OwedEvent& event, Receiver receiver) {
  if (webhook.state != WebhookEntry::State::ready || webhook.channels.empty()) {
    receiver({});
    return;
  }
  const auto run = std::make_shared<Run>();
  run->receiver = std::move(receiver);
  run->awaited = webhook.channels.size();
  run->attempts.resize(run->awaited);
  const std::string type(types_.read(event.json));
  for (std::size_t i = 0; i < webhook.channels.size(); ++i) {
    const DeliveryChannel& channel = *webhook.channels[i];
    AttemptRecord& attempt = run->attempts[i];
    attempt.delivery_id = make_id(webhook.number, channel.number());
    attempt.webhook = webhook.number;
    attempt.channel = channel.number();
    attempt.kind = channel.target()->channel.kind;
    attempt.event_id = event.event_id;
    attempt.event_type = type;
    attempt.at = parts_.clock.now();
    Delivery delivery{attempt.delivery_id, channel.target(), {event}, 1, attempt.at};
    parts_.sender.send(std::move(delivery),
                       [this, run, i](Verdict verdict) { finish(run, i, std::move(verdict)); });
  }
}

void Trial::finish(const std::shared_ptr<Run>& run, std::size_t index, Verdict verdict) {
  run->attempts[index].verdict = std::move(verdict);
  if (--run->awaited != 0) return;
  // Whoever asked may look at the attempts at once: they are in the log before the answer.
  std::vector<RecordChange> changes(run->attempts.begin(), run->attempts.end());
  parts_.ledger.commit(std::move(changes),
                       [run] { run->receiver(std::move(run->attempts)); });
}

std::string Trial::make_id(std::uint32_t webhook, std::uint32_t channel) {
  std::array<std::byte, sizeof(journal::Sequence)> bytes{};
  parts_.random.fill(bytes);
  journal::Sequence number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return parts_.ids.make({number | DeliveryKey::kTestBit, webhook, channel});
}

}  // namespace sluice::delivery

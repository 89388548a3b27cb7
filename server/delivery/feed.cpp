#include "delivery/feed.hpp"

namespace sluice::delivery {
namespace {

// What a step may hold the loop for: about a millisecond.
constexpr std::size_t kEventsAStep = 512;
constexpr std::size_t kBytesAStep = std::size_t{512} << 10U;
constexpr std::size_t kBytesASkip = 4096;  // a record that was passed over has its header read

}  // namespace

void Feed::start(journal::Sequence from) {
  scan_.emplace(source_.scan_owed(from));
  position_ = from;
}

bool Feed::step(TimePoint now, const Offer& offer) {
  if (!scan_) return false;
  ScannedEvent event;
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < kEventsAStep && bytes < kBytesAStep; ++count) {
    if (webhooks_.is_busy()) return false;
    const PatientScan::Outcome outcome = scan_->next(event, now);
    position_ = scan_->position();
    if (outcome != PatientScan::Outcome::event) return false;
    last_accepted_at_ = event.accepted_at;
    bytes += event.json.empty() ? kBytesASkip : event.json.size();
    give(event, offer);
  }
  return true;
}

void Feed::give(const ScannedEvent& event, const Offer& offer) {
  bool is_queued = false;
  for (const std::uint32_t number : event.webhooks) {
    WebhookEntry& webhook = webhooks_.get(number);
    if (webhook.is_loading) {
      webhooks_.hold(webhook, event.sequence);
      is_queued = true;
    }
    for (const auto& channel : webhook.channels) is_queued |= offer(*channel, event.sequence);
  }
  // What waits in the journal only would drive out what is sent next.
  if (is_queued) cache_.add(event);
}

}  // namespace sluice::delivery

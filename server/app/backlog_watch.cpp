#include "app/backlog_watch.hpp"

#include <exception>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "base/time.hpp"

namespace sluice::app {
namespace {

constexpr std::uint64_t kNearPercent = 80;
constexpr std::chrono::minutes kQuiet{10};

}  // namespace

void BacklogWatch::look() noexcept {
  try {
    const std::uint64_t percent = parts_.journal.stats().backlog_bytes * 100 / parts_.limit_bytes;
    if (percent < kNearPercent) {
      quiet_until_ = {};
    } else if (const auto now = parts_.clock.steady_now(); now >= quiet_until_) {
      quiet_until_ = now + kQuiet;
      tell(percent);
    }
  } catch (const std::exception& error) {
    base::log_error("what holds the backlog could not be found out", {{"error", error.what()}});
  }
}

void BacklogWatch::tell(std::uint64_t percent) {
  std::string owed_to = "unknown";  // delivery does not answer, or the webhook went a moment ago
  std::string organization;
  std::string accepted_at;
  if (const auto stats = parts_.delivery.stats()) {
    const delivery::OldestOwed& oldest = stats->oldest_owed;
    if (const auto event = parts_.journal.read_event(oldest.event))
      accepted_at = base::to_iso8601(event->accepted_at);
    if (oldest.webhook == 0) {
      owed_to = "nobody yet: delivery is behind the journal";
    } else if (const auto webhook = parts_.webhooks.find_by_number(oldest.webhook)) {
      owed_to = webhook->webhook_id;
      if (const auto owner = parts_.organisations.find(webhook->organisation))
        organization = owner->name;
    }
  }
  base::log_warning("the backlog is near its limit, where new events are refused",
                    {{"percent", percent},
                     {"setting", "journal.backlog_bytes"},
                     {"oldest_owed_to", owed_to},
                     {"organization", organization},
                     {"accepted_at", accepted_at}});
}

}  // namespace sluice::app

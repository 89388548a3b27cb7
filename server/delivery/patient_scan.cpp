#include "delivery/patient_scan.hpp"

#include "base/log.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kTries = 30;  // a second apart

}  // namespace

PatientScan::Outcome PatientScan::next(ScannedEvent& event, TimePoint now) {
  if (now < retry_at_) return Outcome::wait;
  for (;;) {
    const ScanOutcome outcome = scan_->next(event);
    if (outcome == ScanOutcome::end) return Outcome::end;
    if (outcome == ScanOutcome::event) {
      failures_ = 0;
      return Outcome::event;
    }
    if (++failures_ < kTries) {
      retry_at_ = now + 1s;
      return Outcome::wait;
    }
    // Nobody can say what was in it: the log says it as loudly as it can.
    failures_ = 0;
    const std::uint64_t count = scan_->skip_damage();
    unreadable_events_ += count;
    base::log_error("events of the journal cannot be read and are not delivered",
                    {{"events", count}, {"next", scan_->position()}});
  }
}

}  // namespace sluice::delivery

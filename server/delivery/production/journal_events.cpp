#include "delivery/production/journal_events.hpp"

#include <string>
#include <utility>

#include "base/log.hpp"
#include "journal/journal_error.hpp"

namespace sluice::delivery {
namespace {

/// Events one by one, out of the journal's records.
class JournalScan final : public EventScan {
 public:
  JournalScan(const journal::Journal& journal, journal::Sequence from, journal::Wanted wanted)
      : journal_(journal), cursor_(journal.cursor(from, wanted)) {}

  ScanOutcome next(ScannedEvent& event) override {
    for (;;) {
      while (index_ < record_.size()) {
        const journal::EventView view = record_[index_++];
        if (view.is_duplicate) continue;
        event_id_ = view.webhooks.empty() ? std::string() : journal_.event_id(view);
        event = {.sequence = view.sequence,
                 .organisation = record_.organisation(),
                 .accepted_at = record_.accepted_at(),
                 .event_id = event_id_,
                 .json = view.json,
                 .webhooks = view.webhooks};
        return ScanOutcome::event;
      }
      switch (load()) {
        case journal::ReadOutcome::skipped: skip(event); return ScanOutcome::event;
        case journal::ReadOutcome::end: return ScanOutcome::end;
        case journal::ReadOutcome::failed: return ScanOutcome::failed;
        default: break;
      }
    }
  }

  journal::Sequence position() const override {
    return index_ < record_.size() ? record_.first() + index_ : cursor_.position();
  }

  std::uint64_t skip_damage() override { return cursor_.skip_segment(); }

 private:
  journal::ReadOutcome load() {
    index_ = 0;
    auto outcome = journal::ReadOutcome::dropped;  // what is no longer kept is owed to nobody
    while (outcome == journal::ReadOutcome::dropped) outcome = cursor_.next(record_);
    if (outcome == journal::ReadOutcome::failed)
      base::log_error("the journal cannot be read", {{"error", cursor_.error()}});
    return outcome;
  }

  /// One event for all of the record.
  void skip(ScannedEvent& event) {
    event = {.sequence = record_.first(),
             .organisation = record_.organisation(),
             .accepted_at = record_.accepted_at(),
             .event_id = {},
             .json = {},
             .webhooks = {}};
    record_ = {};
  }

  const journal::Journal& journal_;
  journal::Cursor cursor_;
  journal::RecordView record_;
  std::size_t index_ = 0;  // of the next event of record_
  std::string event_id_;
};

}  // namespace

journal::Sequence JournalEvents::committed_through() const {
  return journal_.stats().committed_through;
}

std::unique_ptr<EventScan> JournalEvents::scan(journal::Sequence from) {
  return std::make_unique<JournalScan>(journal_, from, journal::Wanted::all);
}

std::unique_ptr<EventScan> JournalEvents::scan_owed(journal::Sequence from) {
  return std::make_unique<JournalScan>(journal_, from, journal::Wanted::owed);
}

ReadOutcome JournalEvents::read(journal::Sequence sequence, KeptEvent& event) {
  try {
    auto stored = journal_.read_event(sequence);
    if (!stored) return ReadOutcome::dropped;
    event = {.sequence = stored->sequence,
             .organisation = stored->organisation,
             .accepted_at = stored->accepted_at,
             .event_id = std::move(stored->event_id),
             .json = std::move(stored->json)};
    return ReadOutcome::event;
  } catch (const journal::JournalError& error) {
    base::log_error("an event cannot be read", {{"error", error.what()}});
    return ReadOutcome::failed;
  }
}

void JournalEvents::release_below(journal::Sequence sequence) { journal_.release_below(sequence); }

journal::Sequence JournalEvents::crowded_below() const { return journal_.crowded_below(); }

}  // namespace sluice::delivery

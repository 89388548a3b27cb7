// The journal as the dispatcher reads it.
#pragma once

#include <memory>

#include "delivery/event_source.hpp"
#include "journal/journal.hpp"

namespace sluice::delivery {

/// Lifetime: `journal` outlives it and its scans. Thread safety: one thread at a time.
class JournalEvents final : public EventSource {
 public:
  explicit JournalEvents(journal::Journal& journal) : journal_(journal) {}

  journal::Sequence committed_through() const override;
  std::unique_ptr<EventScan> scan(journal::Sequence from) override;
  std::unique_ptr<EventScan> scan_owed(journal::Sequence from) override;
  ReadOutcome read(journal::Sequence sequence, KeptEvent& event) override;
  void release_below(journal::Sequence sequence) override;
  journal::Sequence crowded_below() const override;

 private:
  journal::Journal& journal_;
};

}  // namespace sluice::delivery

#include "server/journal/journal_rig.hpp"

#include <future>
#include <stdexcept>

namespace sluice::testkit {

using journal::Batch;
using journal::Journal;

Batch make_batch(const Journal& journal, std::uint32_t organisation,
                 const std::vector<GivenEvent>& events, base::Time accepted_at) {
  journal::BatchBuilder builder = journal.make_builder();
  builder.start(organisation, accepted_at);
  for (const GivenEvent& event : events)
    if (!builder.add(event.json, event.id, event.webhooks, event.scope))
      throw std::length_error("the events do not fit into a record");
  return builder.finish();
}

Answer append(Journal& journal, std::uint32_t organisation, const std::vector<GivenEvent>& events,
              base::Time accepted_at) {
  std::promise<Answer> answer;
  journal.append(make_batch(journal, organisation, events, accepted_at),
                 [&](const journal::AppendResult& result) {
                   answer.set_value({result.error,
                                     result.first,
                                     {result.duplicates.begin(), result.duplicates.end()}});
                 });
  return answer.get_future().get();
}

std::vector<SeenEvent> read_all(const Journal& journal, journal::Sequence from) {
  std::vector<SeenEvent> events;
  journal::Cursor cursor = journal.cursor(from);
  for (journal::RecordView record;;) {
    switch (cursor.next(record)) {
      case journal::ReadOutcome::end: return events;
      case journal::ReadOutcome::failed: throw std::runtime_error(cursor.error());
      case journal::ReadOutcome::dropped:
      case journal::ReadOutcome::skipped: break;  // of a cursor for what is owed
      case journal::ReadOutcome::record:
        for (std::size_t i = 0; i < record.size(); ++i) {
          const journal::EventView event = record[i];
          events.push_back({event.sequence,
                            record.organisation(),
                            {std::string(event.json),
                             std::string(event.given_id),
                             {event.webhooks.begin(), event.webhooks.end()},
                             {}},
                            event.is_duplicate});
        }
    }
  }
}

JournalRig::JournalRig(std::uint64_t seed) : disk(seed), random(seed) {
  options.directory = "/journal";
  options.segment_bytes = std::uint64_t{64} << 10U;
  options.upkeep_interval = std::chrono::milliseconds{1};
}

Journal& JournalRig::open() {
  journal = std::make_unique<Journal>(options, clock, random, disk);
  return *journal;
}

Journal& JournalRig::reopen() {
  journal.reset();
  return open();
}

Journal& JournalRig::cut_power_and_reopen(Survives survives) {
  disk.cut_power();
  journal.reset();
  disk.restore_power(survives);
  return open();
}

}  // namespace sluice::testkit

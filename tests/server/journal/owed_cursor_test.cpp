// A cursor for those who look at what is owed: it gives the same as one for everything, but for what
// records that owe nobody hold, which it does not even read.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "journal/segment_header.hpp"
#include "server/journal/journal_rig.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::Cursor;
using sluice::journal::Journal;
using sluice::journal::kRecordsBegin;
using sluice::journal::ReadOutcome;
using sluice::journal::RecordView;
using sluice::journal::Sequence;
using sluice::journal::Wanted;

constexpr std::uint32_t kAcme = 7;

std::vector<GivenEvent> events_of(std::size_t count, std::size_t bytes,
                                  const std::vector<std::uint32_t>& webhooks) {
  std::vector<GivenEvent> events;
  for (std::size_t i = 0; i < count; ++i)
    events.push_back({std::to_string(i) + std::string(bytes, 'x'), "", webhooks});
  return events;
}

bool is_owed(const SeenEvent& seen) { return !seen.event.webhooks.empty(); }

/// What the cursor gives from `from` on, and that it leaves out nothing that is owed.
void expect_all_that_is_owed(const Journal& journal, Sequence from) {
  const std::vector<SeenEvent> all = read_all(journal, from);
  Cursor cursor = journal.cursor(from, Wanted::owed);
  auto next = all.begin();
  RecordView record;
  for (auto outcome = cursor.next(record); outcome != ReadOutcome::end;
       outcome = cursor.next(record)) {
    ASSERT_TRUE(outcome == ReadOutcome::record || outcome == ReadOutcome::skipped) << cursor.error();
    ASSERT_LE(record.size(), static_cast<std::size_t>(all.end() - next));
    ASSERT_EQ(record.first(), next->sequence);
    EXPECT_EQ(record.organisation(), next->organisation);
    const auto end = next + static_cast<std::ptrdiff_t>(record.size());
    EXPECT_EQ(cursor.position(), std::prev(end)->sequence + 1);
    EXPECT_TRUE(outcome == ReadOutcome::record || std::none_of(next, end, is_owed));
    for (std::size_t i = 0; outcome == ReadOutcome::record && i < record.size(); ++i)
      EXPECT_EQ(record[i].json, next[static_cast<std::ptrdiff_t>(i)].event.json);
    next = end;
  }
  EXPECT_EQ(next, all.end());
}

TEST(OwedCursor, SkipsRecordsThatOweNobodyAndGivesTheOthers) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, events_of(3, 10, {}));
  append(journal, kAcme, events_of(2, 10, {5}));
  Cursor cursor = journal.cursor(2, Wanted::owed);
  RecordView record;
  ASSERT_EQ(cursor.next(record), ReadOutcome::skipped);
  EXPECT_EQ(record.first(), 2U);
  EXPECT_EQ(record.size(), 2U);
  EXPECT_EQ(record.accepted_at(), kNoon);
  EXPECT_EQ(cursor.position(), 4U);
  ASSERT_EQ(cursor.next(record), ReadOutcome::record);
  EXPECT_EQ(record[1].webhooks.size(), 1U);
  EXPECT_EQ(cursor.next(record), ReadOutcome::end);
  append(journal, kAcme, events_of(1, 10, {}));
  EXPECT_EQ(cursor.next(record), ReadOutcome::skipped);
}

TEST(OwedCursor, LeavesOutNothingThatIsOwedWhateverTheSizes) {
  JournalRig rig;
  Journal& journal = rig.open();
  std::minstd_rand random(20'261'130);
  const auto below = [&random](unsigned most) { return random() % most; };
  unsigned events = 0;
  for (int i = 0; i < 400; ++i) {
    // Around and far beyond what is read for a header alone.
    const std::size_t bytes = below(3) == 0 ? below(9'000) : below(200);
    std::vector<GivenEvent> batch = events_of(1 + below(4), bytes, {});
    if (below(3) == 0) batch[below(static_cast<unsigned>(batch.size()))].webhooks = {1, 2};
    append(journal, kAcme, batch);
    events += static_cast<unsigned>(batch.size());
  }
  expect_all_that_is_owed(journal, 1);
  for (int i = 0; i < 50; ++i) expect_all_that_is_owed(journal, 1 + below(events));
}

/// Damages the first segment so far behind where its records begin, and opens the journal without a look.
void damage(JournalRig& rig, std::size_t behind) {
  rig.journal.reset();
  const auto file = rig.file("segment-0000000001.log");
  auto content = rig.disk.content(file);
  content.at(kRecordsBegin + behind) ^= std::byte{0x40};
  rig.disk.set_content(file, std::move(content));
  rig.options.verified_bytes = 0;
  rig.open();
}

// A skipped record is not read: damage in what it holds is nobody's loss.
TEST(OwedCursor, DoesNotReadWhatItSkips) {
  JournalRig rig;
  rig.open();
  append(*rig.journal, kAcme, events_of(1, 10'000, {}));
  for (int i = 0; i < 12; ++i) append(*rig.journal, kAcme, events_of(1, 10'000, {1}));
  damage(rig, 500);
  RecordView record;
  EXPECT_EQ(rig.journal->cursor(1).next(record), ReadOutcome::failed);
  Cursor cursor = rig.journal->cursor(1, Wanted::owed);
  ASSERT_EQ(cursor.next(record), ReadOutcome::skipped);
  for (Sequence sequence = 2; sequence <= 13; ++sequence) {
    ASSERT_EQ(cursor.next(record), ReadOutcome::record) << cursor.error();
    EXPECT_EQ(record.first(), sequence);
  }
}

// What its header says is checked.
TEST(OwedCursor, FailsOnADamagedHeader) {
  JournalRig rig;
  rig.open();
  for (int i = 0; i < 12; ++i) append(*rig.journal, kAcme, events_of(1, 10'000, {}));
  damage(rig, 20);
  RecordView record;
  EXPECT_EQ(rig.journal->cursor(1, Wanted::owed).next(record), ReadOutcome::failed);
}

}  // namespace

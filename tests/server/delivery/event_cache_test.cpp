#include "delivery/event_cache.hpp"

#include <gtest/gtest.h>

#include "tests/server/delivery/simulation/sim_journal.hpp"

namespace sluice::delivery {
namespace {

TEST(EventCache, ReadsAnEventThatItHasSeenFromMemory) {
  testkit::SimJournal journal;
  journal.append({1, {}, "{\"n\":1}", {1}});
  EventCache cache(journal, 1 << 20U);
  const auto scan = journal.scan(1);  // the event's id lives in it
  ScannedEvent event;
  ASSERT_EQ(scan->next(event), ScanOutcome::event);
  cache.add(event);
  journal.fails_to_read = true;
  const KeptEvent* kept = nullptr;
  ASSERT_EQ(cache.get(1, kept), ReadOutcome::event);
  EXPECT_EQ(kept->json, "{\"n\":1}");
  EXPECT_EQ(kept->event_id, "evt_1");
}

TEST(EventCache, SaysWhatBecameOfAnEventThatItCannotGive) {
  testkit::SimJournal journal;
  EventCache cache(journal, 1 << 20U);
  const KeptEvent* kept = nullptr;
  EXPECT_EQ(cache.get(7, kept), ReadOutcome::dropped);
  journal.fails_to_read = true;
  EXPECT_EQ(cache.get(7, kept), ReadOutcome::failed);
}

TEST(EventCache, StaysWithinItsBoundWhateverTheSizeOfEvents) {
  testkit::SimJournal journal;
  constexpr std::size_t kBound = 1 << 20U;
  constexpr std::size_t kLargest = 1 << 18U;
  for (std::size_t i = 0; i < 200; ++i)
    journal.append({1, {}, std::string(i % 3 == 0 ? kLargest : 500, 'x'), {1}});
  EventCache cache(journal, kBound);
  for (journal::Sequence sequence = 1; sequence <= 200; ++sequence) {
    const KeptEvent* kept = nullptr;
    ASSERT_EQ(cache.get(sequence, kept), ReadOutcome::event);
    ASSERT_EQ(kept->sequence, sequence);
    ASSERT_LE(cache.bytes(), kBound + kLargest + 64);
  }
}

}  // namespace
}  // namespace sluice::delivery

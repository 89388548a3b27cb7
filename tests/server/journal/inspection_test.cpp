#include "journal/inspection.hpp"

#include <gtest/gtest.h>

#include "journal/journal_error.hpp"
#include "server/journal/journal_rig.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::InspectedEvent;
using sluice::journal::inspect;
using sluice::journal::JournalReport;
using sluice::journal::SegmentState;
using sluice::journal::visit_events;

constexpr std::uint32_t kAcme = 7;
constexpr const char* kFirst = "segment-0000000001.log";

class Inspection : public ::testing::Test {
 protected:
  /// Six events to a segment.
  void fill(int events) {
    rig.open();
    for (int i = 0; i < events; ++i)
      append(*rig.journal, kAcme, {{std::string(10'000, 'x'), "id-" + std::to_string(i)}});
  }

  void damage(const char* name, std::uint64_t offset) {
    auto content = rig.disk.content(rig.file(name));
    content.at(offset) ^= std::byte{1};
    rig.disk.set_content(rig.file(name), std::move(content));
  }

  JournalReport report() { return inspect(rig.disk, rig.options.directory); }

  std::vector<std::string> event_ids() {
    std::vector<std::string> ids;
    visit_events(rig.disk, rig.options.directory, [&](const InspectedEvent& event) {
      ids.push_back(event.event_id);
      return true;
    });
    return ids;
  }

  JournalRig rig;
};

TEST_F(Inspection, TellsWhatEachSegmentHolds) {
  fill(14);  // and the journal stays open beside it
  const JournalReport told = report();
  EXPECT_TRUE(told.problems.empty());
  ASSERT_GE(told.segments.size(), 3U);
  EXPECT_EQ(told.segments[0].name, kFirst);
  EXPECT_EQ(told.segments[0].state, SegmentState::full);
  EXPECT_EQ(told.segments[0].first, 1U);
  EXPECT_EQ(told.segments[0].last, 6U);
  EXPECT_EQ(told.segments[0].records, 6U);
  EXPECT_EQ(told.segments[0].ids, 6U);
  EXPECT_EQ(told.segments[2].state, SegmentState::open);
  EXPECT_EQ(told.segments[2].last, 14U);
  for (std::size_t i = 3; i < told.segments.size(); ++i)
    EXPECT_EQ(told.segments[i].state, SegmentState::prepared);
}

TEST_F(Inspection, NamesFileAndByteOfDamage) {
  fill(14);
  rig.journal.reset();
  damage(kFirst, 10'500 + 4096);
  const JournalReport told = report();
  EXPECT_EQ(told.segments[0].state, SegmentState::damaged);
  ASSERT_EQ(told.problems.size(), 1U);
  EXPECT_TRUE(told.problems[0].starts_with(
      "segment-0000000001.log is damaged: what lies at byte 14192, event 2, "))
      << told.problems[0];
}

TEST_F(Inspection, CallsATornTailNoDamage) {
  fill(3);
  rig.journal.reset();
  damage(kFirst, 4096 + 2 * 10'104 + 200);
  const JournalReport told = report();
  EXPECT_TRUE(told.problems.empty());
  EXPECT_EQ(told.segments[0].last, 2U);
}

TEST_F(Inspection, ReadsTheFormatBefore) {
  fill(14);
  rig.journal.reset();
  auto content = rig.disk.content(rig.file(kFirst));
  content[8] = std::byte{1};
  rig.disk.set_content(rig.file(kFirst), std::move(content));
  EXPECT_TRUE(report().problems.empty());
  EXPECT_EQ(event_ids().size(), 14U);
}

TEST_F(Inspection, TellsOfAMissingSegment) {
  fill(20);
  rig.journal.reset();
  rig.disk.remove(rig.file("segment-0000000002.log"));
  EXPECT_EQ(report().problems, std::vector<std::string>{"segment-0000000002.log is missing"});
}

TEST_F(Inspection, GivesEveryEventAlsoBehindDamage) {
  fill(14);
  rig.journal.reset();
  EXPECT_EQ(event_ids().size(), 14U);
  damage(kFirst, 10'500 + 4096);
  const auto ids = event_ids();
  ASSERT_EQ(ids.size(), 13U);
  EXPECT_EQ(ids[0], "id-0");
  EXPECT_EQ(ids[1], "id-2");
  EXPECT_EQ(ids[12], "id-13");
}

TEST_F(Inspection, OfNoJournalSaysSo) {
  EXPECT_THROW(report(), sluice::journal::JournalError);
  EXPECT_THROW(event_ids(), sluice::journal::JournalError);
}

}  // namespace

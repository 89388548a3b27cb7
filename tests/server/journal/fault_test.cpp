// What a journal does when the disk is full, fails to write, or fails to sync: it acknowledges nothing
// that may be lost, says so, and goes on by itself once the disk takes data again.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "server/journal/journal_rig.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::Journal;

constexpr std::uint32_t kAcme = 7;

std::vector<GivenEvent> event_of(int i, std::size_t bytes = 5000) {
  return {{std::to_string(i) + std::string(bytes, 'x'), "id-" + std::to_string(i)}};
}

class Fault : public ::testing::Test {
 protected:
  /// From the `skipped`-th on, `operation` on segments gives `code`.
  void fail(DiskOperation operation, std::errc code, int skipped = 0) {
    rig.disk.set_fault([=, left = skipped](DiskOperation asked, const auto& path) mutable {
      // A file keeps the name that it was opened by, which may be that of one not yet prepared.
      const bool is_segment = path.string().find(".log") != std::string::npos;
      if (asked != operation || !is_segment || left-- > 0) return std::error_code{};
      return std::make_error_code(code);
    });
  }

  void heal() { rig.disk.set_fault(nullptr); }

  void wait_for_room() {
    wait_until([&] { return rig.journal->has_room(); });
  }

  JournalRig rig;
};

TEST_F(Fault, WhoeverWaitsForRoomIsToldOfARefusalAndOfItsEnd) {
  Journal& journal = rig.open();
  std::atomic<int> refusals{0};
  std::atomic<int> rooms{0};
  journal.set_room_listener([&] { ++(journal.has_room() ? rooms : refusals); });
  fail(DiskOperation::sync, std::errc::io_error);
  EXPECT_TRUE(append(journal, kAcme, event_of(1)).error);
  wait_until([&] { return refusals != 0; });
  rooms = 0;
  heal();
  wait_until([&] { return rooms != 0; });
  journal.set_room_listener(nullptr);
}

TEST_F(Fault, AFullDiskRefusesAppendsAndTheJournalGoesOnOnceThereIsRoom) {
  rig.open();
  append(*rig.journal, kAcme, event_of(0));
  wait_until([&] { return rig.disk.used_bytes() > 3 * rig.options.segment_bytes; });
  rig.disk.set_capacity(rig.disk.used_bytes() + 4096);  // what is prepared is all there is
  int accepted = 1;
  Answer answer;
  while (!(answer = append(*rig.journal, kAcme, event_of(accepted))).error) ++accepted;
  EXPECT_EQ(answer.error, std::errc::no_space_on_device);
  EXPECT_FALSE(rig.journal->has_room());
  EXPECT_EQ(rig.journal->stats().refusal, std::errc::no_space_on_device);
  EXPECT_EQ(read_all(*rig.journal).size(), static_cast<std::size_t>(accepted));

  rig.disk.set_capacity(~std::uint64_t{0});
  wait_for_room();
  // The refused event was not remembered: it is no duplicate of itself.
  answer = append(*rig.journal, kAcme, event_of(accepted));
  EXPECT_FALSE(answer.error);
  EXPECT_TRUE(answer.duplicates.empty());
  EXPECT_EQ(answer.first, static_cast<sluice::journal::Sequence>(accepted) + 1);
  rig.cut_power_and_reopen();
  EXPECT_EQ(read_all(*rig.journal).size(), static_cast<std::size_t>(accepted) + 1);
}

TEST_F(Fault, RetentionMakesRoomOnAFullDisk) {
  rig.options.retention_bytes = 2 * rig.options.segment_bytes;
  rig.open();
  append(*rig.journal, kAcme, event_of(0));
  wait_until([&] { return rig.disk.used_bytes() > 3 * rig.options.segment_bytes; });
  rig.disk.set_capacity(rig.disk.used_bytes() + 8192);
  int accepted = 1;
  while (!append(*rig.journal, kAcme, event_of(accepted)).error) ++accepted;
  rig.journal->release_below(static_cast<sluice::journal::Sequence>(accepted));
  wait_for_room();
  EXPECT_FALSE(append(*rig.journal, kAcme, event_of(accepted)).error);
}

TEST_F(Fault, AfterAFailedSyncNothingMoreIsAcknowledgedFromThatSegment) {
  rig.open();
  for (int i = 0; i < 3; ++i) ASSERT_FALSE(append(*rig.journal, kAcme, event_of(i)).error);
  wait_until([&] { return rig.disk.used_bytes() > 3 * rig.options.segment_bytes; });
  fail(DiskOperation::sync, std::errc::io_error);
  EXPECT_EQ(append(*rig.journal, kAcme, event_of(3)).error, std::errc::io_error);
  EXPECT_FALSE(rig.journal->has_room());
  EXPECT_EQ(append(*rig.journal, kAcme, event_of(4)).error, std::errc::io_error);
  EXPECT_EQ(read_all(*rig.journal).size(), 3U);
  heal();
  wait_for_room();
  EXPECT_EQ(append(*rig.journal, kAcme, event_of(4)).first, 4U);
  EXPECT_EQ(rig.journal->stats().segments, 2U);
  rig.cut_power_and_reopen();
  const auto seen = read_all(*rig.journal);
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[3].event.id, "id-4");
}

TEST_F(Fault, AFailedWriteIsRefusedAndForgotten) {
  rig.open();
  ASSERT_FALSE(append(*rig.journal, kAcme, event_of(0)).error);
  wait_until([&] { return rig.disk.used_bytes() > 3 * rig.options.segment_bytes; });
  fail(DiskOperation::write, std::errc::io_error);
  EXPECT_EQ(append(*rig.journal, kAcme, event_of(1)).error, std::errc::io_error);
  heal();
  wait_for_room();
  EXPECT_TRUE(append(*rig.journal, kAcme, event_of(1)).duplicates.empty());
  rig.reopen();
  EXPECT_EQ(read_all(*rig.journal).size(), 2U);
}

TEST_F(Fault, ASegmentThatFailsBeforeItsFirstCommitIsBegunAgain) {
  rig.open();
  wait_until([&] { return rig.disk.used_bytes() > 2 * rig.options.segment_bytes; });
  fail(DiskOperation::sync, std::errc::io_error);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(append(*rig.journal, kAcme, event_of(i)).error, std::errc::io_error);
  heal();
  wait_for_room();
  EXPECT_EQ(append(*rig.journal, kAcme, event_of(0)).first, 1U);
  rig.cut_power_and_reopen();
  EXPECT_EQ(read_all(*rig.journal).size(), 1U);
}

TEST_F(Fault, ManyFailuresInARowLeaveAJournalThatOpens) {
  Random random(3);
  rig.open();
  int acknowledged = 0;
  for (int i = 0; i < 60; ++i) {
    if (random.is_one_in(4))
      fail(random.is_one_in(2) ? DiskOperation::sync : DiskOperation::write, std::errc::io_error,
           static_cast<int>(random.below(3)));
    acknowledged += append(*rig.journal, kAcme, event_of(i)).error ? 0 : 1;
    heal();
    wait_for_room();
  }
  EXPECT_EQ(read_all(*rig.journal).size(), static_cast<std::size_t>(acknowledged));
  rig.cut_power_and_reopen();
  EXPECT_EQ(read_all(*rig.journal).size(), static_cast<std::size_t>(acknowledged));
}

TEST_F(Fault, WithDurabilityOsAFailedSyncInTheBackgroundIsNoticed) {
  rig.options.durability = sluice::journal::Durability::os;
  rig.open();
  ASSERT_FALSE(append(*rig.journal, kAcme, event_of(0)).error);
  wait_until([&] { return rig.disk.used_bytes() > 3 * rig.options.segment_bytes; });
  fail(DiskOperation::sync, std::errc::io_error);
  append(*rig.journal, kAcme, event_of(1));
  wait_until([&] { return !rig.journal->has_room(); });
  heal();
  wait_for_room();
  EXPECT_FALSE(append(*rig.journal, kAcme, event_of(2)).error);
}

TEST_F(Fault, WithDurabilityOsTheDiskFollowsAFloodThatUsesUpSegmentsAsTheyAreMade) {
  rig.options.durability = sluice::journal::Durability::os;
  std::atomic<std::thread::id> upkeep;
  std::atomic<int> follows{0};  // syncs of the background beside the one that each new file costs
  rig.disk.set_fault([&](DiskOperation asked, const auto& path) {
    if (asked == DiskOperation::reserve) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});  // slower than the flood
      upkeep = std::this_thread::get_id();
      --follows;
    }
    const bool is_segment = path.string().find(".log") != std::string::npos;
    if (asked == DiskOperation::sync && is_segment && upkeep.load() == std::this_thread::get_id())
      ++follows;
    return std::error_code{};
  });
  rig.open();
  constexpr int kSegments = 100;
  std::atomic<int> done{0};
  std::atomic<int> early{0};
  std::atomic<int> late{0};
  for (int i = 0; i < kSegments; ++i)
    rig.journal->append(make_batch(*rig.journal, kAcme, event_of(i, 60'000)), [&](const auto&) {
      ++done;
      if (done == kSegments / 10) early = follows.load();
      if (done == kSegments * 8 / 10) late = follows.load();
    });
  wait_until([&] { return done == kSegments; });
  EXPECT_GT(late - early, kSegments / 4);
  heal();
}

TEST_F(Fault, ACursorSaysWhatTheDiskSaysAndGoesOn) {
  rig.open();
  append(*rig.journal, kAcme, event_of(0));
  auto cursor = rig.journal->cursor(1);
  fail(DiskOperation::read, std::errc::io_error);
  sluice::journal::RecordView record;
  EXPECT_EQ(cursor.next(record), sluice::journal::ReadOutcome::failed);
  EXPECT_NE(cursor.error().find("cannot be read"), std::string::npos) << cursor.error();
  heal();
  EXPECT_EQ(cursor.next(record), sluice::journal::ReadOutcome::record);
}

TEST_F(Fault, ClosingWhileTheDiskRefusesAnswersEverybody) {
  rig.open();
  fail(DiskOperation::write, std::errc::io_error);
  std::atomic<int> answered{0};
  for (int i = 0; i < 20; ++i)
    rig.journal->append(make_batch(*rig.journal, kAcme, event_of(i)),
                        [&](const auto& result) { answered += result.error ? 1 : 0; });
  rig.journal.reset();
  EXPECT_EQ(answered, 20);
}

}  // namespace

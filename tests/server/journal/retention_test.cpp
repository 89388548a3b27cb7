#include "journal/retention.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "journal/retention_hold.hpp"
#include "journal/segment_header.hpp"
#include "server/journal/journal_rig.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::ReadOutcome;
using sluice::journal::RecordView;
using sluice::journal::Sequence;

constexpr std::uint32_t kAcme = 7;

class RetentionOfJournal : public ::testing::Test {
 protected:
  /// Six events fill a segment.
  void fill(int events) {
    for (int i = 0; i < events; ++i) {
      append(*rig.journal, kAcme, {{std::string(10'000, 'x'), "id-" + std::to_string(next)}},
             rig.clock.now());
      ++next;
    }
  }

  std::size_t files_of_segments() const {
    const auto names = rig.disk.names();
    return static_cast<std::size_t>(std::ranges::count_if(names, [](const std::string& name) {
      return name.find(".log") != name.npos;
    }));
  }

  void wait_for_oldest(Sequence first) {
    wait_until([&] { return rig.journal->stats().first == first; });
  }

  /// For as long as the background thread takes to look twice.
  void let_it_look() {
    const std::size_t before = looks;
    wait_until([&] { return looks >= before + 3; });
  }


  JournalRig rig;
  int next = 0;
  std::atomic<std::size_t> looks{0};
};

TEST_F(RetentionOfJournal, DropsWhatIsTooOldOnceItIsReleased) {
  rig.open();
  fill(20);
  rig.journal->release_below(21);
  rig.clock.advance(std::chrono::hours{73});
  wait_for_oldest(19);
  EXPECT_EQ(read_all(*rig.journal).size(), 2U);
}

TEST_F(RetentionOfJournal, DropsTheOldestWhenThereAreTooManyBytes) {
  rig.options.retention_bytes = 3 * rig.options.segment_bytes;
  rig.open();
  rig.journal->release_below(1000);
  fill(50);
  wait_for_oldest(37);
  EXPECT_EQ(rig.journal->stats().segments, 3U);
}

/// A disk on which a segment gets its name only when all that were named before are used up.
class SlowToName final : public sluice::journal::FileSystem {
 public:
  explicit SlowToName(SimulatedDisk& disk) : disk_(disk) {}

  std::function<void()> when_named;  // for each segment, if set; on the thread that names it
  std::atomic<bool> is_slow{false};
  std::atomic<std::size_t> new_files{0};

  std::error_code rename(const Path& from, const Path& to) override {
    const bool is_slow_now = is_slow && to.filename().string().starts_with("segment-") &&
                             to.extension() == ".log";
    const std::error_code error = disk_.rename(from, to);
    if (!is_slow_now) return error;
    if (from.extension() == ".tmp") ++new_files;
    when_named();
    return error;
  }
  std::error_code open(const Path& path, sluice::journal::OpenMode mode,
                       std::unique_ptr<sluice::journal::File>& file) override {
    return disk_.open(path, mode, file);
  }
  std::error_code remove(const Path& path) override { return disk_.remove(path); }
  std::error_code make_directory(const Path& path) override { return disk_.make_directory(path); }
  std::error_code list(const Path& directory, std::vector<std::string>& names) override {
    return disk_.list(directory, names);
  }
  std::error_code sync_directory(const Path& path) override { return disk_.sync_directory(path); }
  std::error_code lock(const Path& path,
                       std::unique_ptr<sluice::journal::FileLock>& lock) override {
    return disk_.lock(path, lock);
  }

 private:
  SimulatedDisk& disk_;
};

// Whoever makes files no faster than they are used up must still find those that have come free.
TEST_F(RetentionOfJournal, UsesFilesAgainWhileTheNextOneIsAlwaysWantedAtOnce) {
  constexpr std::size_t kInSegment = 6;
  constexpr std::size_t kEvents = 60 * kInSegment;
  rig.options.retention_bytes = 0;
  SlowToName disk(rig.disk);
  rig.journal =
      std::make_unique<sluice::journal::Journal>(rig.options, rig.clock, rig.random, disk);
  auto& journal = *rig.journal;
  wait_until([&] { return files_of_segments() == 2; });
  journal.set_commit_listener([&](Sequence through) { journal.release_below(through + 1); });
  std::atomic<std::size_t> answered{0};
  const auto append_one = [&] {
    journal.append(make_batch(journal, kAcme, {{std::string(10'000, 'x')}}),
                   [&](const sluice::journal::AppendResult&) { ++answered; });
  };
  std::size_t named = 2;
  std::size_t appended = 2 * kInSegment;
  disk.when_named = [&] {
    for (std::size_t i = 0; i < 2 * kInSegment && appended < kEvents; ++i, ++appended) append_one();
    // Not for ever: what was named may be none that the writer can have before this one.
    const auto patience = std::chrono::steady_clock::now() + std::chrono::milliseconds{50};
    while (answered < std::min(named * kInSegment, kEvents) &&
           std::chrono::steady_clock::now() < patience)
      std::this_thread::yield();
    ++named;
  };
  disk.is_slow = true;
  for (std::size_t i = 0; i < 2 * kInSegment; ++i) append_one();
  wait_until([&] { return answered == kEvents; });
  rig.journal.reset();  // before what its threads call
  EXPECT_LT(disk.new_files, 10U);
}

TEST_F(RetentionOfJournal, KeepsWhatIsOwedHoweverOldAndMuchItIs) {
  rig.options.retention_bytes = 0;
  rig.open();
  fill(20);
  rig.journal->release_below(8);  // in the second segment
  rig.clock.advance(std::chrono::hours{100});
  wait_for_oldest(7);
  rig.reopen();  // and nothing is dropped before anybody has said what is owed
  EXPECT_EQ(rig.journal->stats().first, 7U);
  EXPECT_EQ(read_all(*rig.journal, 1).size(), 14U);
}

TEST_F(RetentionOfJournal, WaitsWhileSomebodyHoldsIt) {
  rig.options.retention_bytes = 0;
  rig.open();
  std::unique_ptr<sluice::journal::FileLock> hold;
  wait_until([&] { return !rig.disk.lock(rig.file(sluice::journal::kHoldFileName), hold); });
  rig.journal->release_below(1000);
  for (std::uint64_t segment = 1; segment < 5; ++segment) {
    fill(6);
    // The background thread prepares the one after the next before it looks for what may go.
    const auto prepared = sluice::journal::file_name(sluice::journal::FileKind::segment, segment + 2);
    wait_until([&] { return std::ranges::count(rig.disk.names(), prepared) == 1; });
  }
  EXPECT_EQ(rig.journal->stats().first, 1U);
  hold.reset();
  wait_for_oldest(19);
}

TEST_F(RetentionOfJournal, RecyclesFilesInsteadOfFillingNewOnes) {
  rig.options.retention_bytes = 0;
  rig.open();
  for (int i = 0; i < 20; ++i) {
    fill(6);
    rig.journal->release_below(static_cast<Sequence>(next) + 1);
    wait_until([&] { return rig.journal->stats().segments <= 2; });
  }
  EXPECT_LE(rig.disk.used_bytes(), 7 * rig.options.segment_bytes);
}

TEST_F(RetentionOfJournal, KeepsTheFilesOfAFloodUntilNobodyHasNeededThemForAMinute) {
  rig.options.retention_bytes = 0;
  rig.open();
  fill(60);
  rig.journal->release_below(61);
  wait_until([&] { return rig.journal->stats().segments == 1; });
  const std::size_t files = files_of_segments();
  EXPECT_GE(files, 10U);
  const std::size_t prepared = 2;
  fill(42);  // the next flood takes them again
  rig.journal->release_below(103);
  wait_until([&] { return rig.journal->stats().segments == 1; });
  EXPECT_LE(files_of_segments(), files + prepared);
  rig.reopen();
  rig.journal->release_below(103);
  EXPECT_GE(files_of_segments(), files);
  // A minute in which none was needed begins with the first look after the last use.
  wait_until([&] {
    rig.clock.advance(std::chrono::seconds{61});
    return files_of_segments() <= 1 + prepared + 2;
  });
  EXPECT_GE(files_of_segments(), 1 + prepared + 2);
}

TEST_F(RetentionOfJournal, ACursorInADroppedSegmentReadsItToItsEndAndIsToldOfTheGap) {
  rig.options.retention_bytes = 0;
  rig.open();
  fill(20);
  auto cursor = rig.journal->cursor(1);
  RecordView record;
  ASSERT_EQ(cursor.next(record), ReadOutcome::record);
  rig.journal->release_below(21);
  wait_for_oldest(19);
  fill(20);  // the other dropped files are written over, this one must not be
  for (Sequence sequence = 2; sequence <= 6; ++sequence) {
    ASSERT_EQ(cursor.next(record), ReadOutcome::record);
    EXPECT_EQ(record.first(), sequence);
    EXPECT_EQ(record[0].given_id, "id-" + std::to_string(sequence - 1));
  }
  EXPECT_EQ(cursor.next(record), ReadOutcome::dropped);
  EXPECT_EQ(cursor.position(), rig.journal->stats().first);
  EXPECT_EQ(cursor.next(record), ReadOutcome::record);
}

TEST_F(RetentionOfJournal, ADroppedFileIsNotWrittenOverWhileACursorReadsIt) {
  rig.options.retention_bytes = 0;
  rig.options.segment_bytes = std::uint64_t{4} << 20U;  // more than a cursor reads at once
  rig.open();
  const auto fill_large = [&](int events) {
    for (int i = 0; i < events; ++i) {
      append(*rig.journal, kAcme, {{std::to_string(next) + std::string(600'000, 'x')}});
      ++next;
    }
  };
  fill_large(14);
  auto cursor = rig.journal->cursor(1);
  RecordView record;
  ASSERT_EQ(cursor.next(record), ReadOutcome::record);
  rig.journal->release_below(15);
  wait_for_oldest(13);
  fill_large(24);
  for (int i = 1; i < 6; ++i) {
    ASSERT_EQ(cursor.next(record), ReadOutcome::record) << cursor.error();
    EXPECT_EQ(record[0].json.substr(0, 2), std::to_string(i) + "x");
  }
}

TEST_F(RetentionOfJournal, ACursorBeforeTheOldestEventIsToldOfTheGap) {
  rig.options.retention_bytes = 0;
  rig.open();
  fill(20);
  rig.journal->release_below(21);
  wait_for_oldest(19);
  auto cursor = rig.journal->cursor(3);
  RecordView record;
  EXPECT_EQ(cursor.next(record), ReadOutcome::dropped);
  EXPECT_EQ(cursor.position(), 19U);
  ASSERT_EQ(cursor.next(record), ReadOutcome::record);
  EXPECT_EQ(record.first(), 19U);
}

TEST_F(RetentionOfJournal, IdsOutliveTheirEventsAlsoOverARestart) {
  rig.options.retention_bytes = 0;
  rig.open();
  fill(20);
  rig.journal->release_below(21);
  wait_for_oldest(19);
  EXPECT_FALSE(rig.journal->find(kAcme, "id-2"));
  rig.reopen();
  EXPECT_EQ(append(*rig.journal, kAcme, {{"again", "id-2"}}).duplicates.size(), 1U);
}

TEST_F(RetentionOfJournal, IndexFilesGoWhenTheirIdsHaveLeftTheWindow) {
  rig.options.retention_bytes = 0;
  rig.open();
  fill(20);
  rig.journal->release_below(21);
  wait_for_oldest(19);
  const auto indexes = [&] {
    return std::ranges::count_if(rig.disk.names(),
                                 [](const std::string& name) { return name.ends_with(".ids"); });
  };
  EXPECT_EQ(indexes(), 3);
  rig.clock.advance(std::chrono::hours{25});
  wait_until([&] { return indexes() == 0; });
}

TEST_F(RetentionOfJournal, IndexFilesGoWhenNewerOnesFillTheWindow) {
  rig.options.retention_bytes = 0;
  rig.options.id_window_ids = 10;
  rig.open();
  fill(50);
  rig.journal->release_below(51);
  wait_for_oldest(49);
  // Two in the newest segment, and two indexes of six: more than ten.
  wait_until([&] {
    return std::ranges::count_if(rig.disk.names(), [](const std::string& name) {
             return name.ends_with(".ids");
           }) == 2;
  });
}

TEST_F(RetentionOfJournal, AFileThatCannotBeRemovedIsTriedAgainBeforeTheNext) {
  rig.options.retention_bytes = 0;
  rig.open();
  fill(20);
  std::atomic<bool> fails{true};
  rig.disk.set_fault([&](DiskOperation operation, const auto& path) {
    const bool is_hit = (operation == DiskOperation::remove || operation == DiskOperation::rename) &&
                        path.filename() == "segment-0000000001.log" && fails;
    ++looks;
    return is_hit ? std::make_error_code(std::errc::io_error) : std::error_code{};
  });
  rig.journal->release_below(21);
  wait_for_oldest(7);
  let_it_look();
  EXPECT_EQ(rig.journal->stats().first, 7U);
  fails = false;
  wait_for_oldest(19);
  rig.cut_power_and_reopen();
  EXPECT_EQ(read_all(*rig.journal, 19).size(), 2U);
}

}  // namespace

#include "journal/progress_log.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "journal/journal_error.hpp"
#include "server/journal/simulated_disk.hpp"
#include "server/support/temporary_directory.hpp"
#include "support/random.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::JournalError;
using sluice::journal::ProgressLog;
using sluice::journal::Sequence;

const std::filesystem::path kFile = "/journal/progress.log";
constexpr Sequence kAll = std::numeric_limits<Sequence>::max();

std::optional<Sequence> done(const ProgressLog& log, std::uint32_t channel) {
  const auto found = log.channels().find(channel);
  if (found == log.channels().end()) return std::nullopt;
  return found->second;
}

TEST(ProgressLog, RemembersTheLatestOfEachChannel) {
  SimulatedDisk disk;
  {
    ProgressLog log(kFile, kAll, disk);
    log.note(1, 10);
    log.note(2, 5);
    ASSERT_FALSE(log.write());
    log.note(1, 20);
    log.note(1, 15);  // it never goes back
    ASSERT_FALSE(log.write());
    log.note(2, 99);  // never written
  }
  const ProgressLog log(kFile, kAll, disk);
  EXPECT_EQ(log.channels().size(), 2U);
  EXPECT_EQ(done(log, 1), 20U);
  EXPECT_EQ(done(log, 2), 5U);
}

TEST(ProgressLog, WritesOneEntryAChannelAndWaitsForNoDisk) {
  SimulatedDisk disk;
  ProgressLog log(kFile, kAll, disk);
  const std::size_t syncs = disk.syncs();
  const std::uint64_t bytes = log.bytes();
  for (Sequence sequence = 1; sequence <= 100; ++sequence) log.note(7, sequence);
  ASSERT_FALSE(log.write());
  ASSERT_FALSE(log.write());
  EXPECT_EQ(log.bytes(), bytes + 16);
  EXPECT_EQ(disk.syncs(), syncs);
}

TEST(ProgressLog, ForgetsAChannelThatIsNoMore) {
  SimulatedDisk disk;
  {
    ProgressLog log(kFile, kAll, disk);
    log.note(1, 10);
    ASSERT_FALSE(log.write());
    log.forget(1);
    log.forget(2);
    ASSERT_FALSE(log.write());
    EXPECT_TRUE(log.channels().empty());
  }
  EXPECT_TRUE(ProgressLog(kFile, kAll, disk).channels().empty());
}

TEST(ProgressLog, BelievesNothingBeyondTheJournalsEnd) {
  SimulatedDisk disk;
  {
    ProgressLog log(kFile, kAll, disk);
    log.note(1, 10);
    log.note(2, 4);
    ASSERT_FALSE(log.write());
  }
  const ProgressLog log(kFile, 6, disk);
  EXPECT_EQ(done(log, 1), 6U);
  EXPECT_EQ(done(log, 2), 4U);
}

TEST(ProgressLog, StaysSmallHoweverMuchIsWritten) {
  SimulatedDisk disk;
  ProgressLog log(kFile, kAll, disk);
  for (Sequence sequence = 1; sequence <= 500; ++sequence) {
    for (std::uint32_t channel = 0; channel < 50; ++channel) log.note(channel, sequence);
    ASSERT_FALSE(log.write());
  }
  EXPECT_LE(log.bytes(), (64U << 10U) + 50 * 16);
  const ProgressLog again(kFile, kAll, disk);
  EXPECT_EQ(again.channels().size(), 50U);
  EXPECT_EQ(done(again, 49), 500U);
}

TEST(ProgressLog, CutsOffATornEntry) {
  SimulatedDisk disk;
  {
    ProgressLog log(kFile, kAll, disk);
    log.note(1, 10);
    log.note(2, 20);
    ASSERT_FALSE(log.write());
  }
  auto content = disk.content(kFile);
  content.resize(content.size() - 5);
  disk.set_content(kFile, std::move(content));
  {
    ProgressLog log(kFile, kAll, disk);
    EXPECT_EQ(done(log, 1), 10U);
    EXPECT_FALSE(done(log, 2));
    log.note(3, 30);
    ASSERT_FALSE(log.write());
  }
  EXPECT_EQ(done(ProgressLog(kFile, kAll, disk), 3), 30U);
}

TEST(ProgressLog, PassesOverEntriesThatAPowerCutHasLeftOut) {
  SimulatedDisk disk;
  {
    ProgressLog log(kFile, kAll, disk);
    for (std::uint32_t channel = 0; channel < 4; ++channel) {
      log.note(channel, 10);
      ASSERT_FALSE(log.write());
    }
  }
  auto content = disk.content(kFile);
  std::fill_n(content.begin() + 16 + 16, 16, std::byte{0});
  disk.set_content(kFile, std::move(content));
  const ProgressLog log(kFile, kAll, disk);
  EXPECT_FALSE(done(log, 1));
  EXPECT_EQ(done(log, 0), 10U);
  EXPECT_EQ(done(log, 3), 10U);
}

TEST(ProgressLog, KeepsWhatCouldNotBeWrittenForTheNextTime) {
  SimulatedDisk disk;
  ProgressLog log(kFile, kAll, disk);
  log.note(1, 10);
  disk.set_capacity(0);
  EXPECT_EQ(log.write(), std::errc::no_space_on_device);
  disk.set_capacity(1'000'000);
  EXPECT_FALSE(log.write());
  EXPECT_EQ(done(ProgressLog(kFile, kAll, disk), 1), 10U);
}

TEST(ProgressLog, RefusesAFileThatIsSomethingElse) {
  SimulatedDisk disk;
  disk.set_content(kFile, std::vector<std::byte>(64, std::byte{'x'}));
  EXPECT_THROW(ProgressLog(kFile, kAll, disk), JournalError);
}

TEST(ProgressLog, IsNeverAheadAfterAPowerCut) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed_note(seed));
  Random random(seed);
  SimulatedDisk disk(seed);
  std::vector<Sequence> noted(40, 0);
  for (int life = 0; life < 100; ++life) {
    {
      ProgressLog log(kFile, kAll, disk);
      for (std::uint32_t channel = 0; channel < noted.size(); ++channel) {
        ASSERT_LE(done(log, channel).value_or(0), noted[channel]);
      }
      for (std::size_t i = random.below(400); i > 0; --i) {
        const std::size_t channel = random.below(noted.size());
        log.note(static_cast<std::uint32_t>(channel), noted[channel] += random.below(5));
        if (random.is_one_in(20)) {
          ASSERT_FALSE(log.write());
        }
      }
    }
    disk.cut_power();
    disk.restore_power();
  }
}

TEST(ProgressLog, WorksOnTheRealFileSystem) {
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory / "progress.log";
  {
    ProgressLog log(file, kAll);
    log.note(1, 10);
    ASSERT_FALSE(log.write());
  }
  EXPECT_EQ(done(ProgressLog(file, kAll), 1), 10U);
}

}  // namespace

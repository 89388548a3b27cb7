// Whatever ends a backup or a restore before its time, nothing of it stays.
#include "backup/backup.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "backup/backup_error.hpp"
#include "backup/restore.hpp"
#include "config_store/config_store.hpp"
#include "config_store/data_dir.hpp"
#include "tests/server/support/manual_clock.hpp"
#include "tests/server/support/seeded_random.hpp"
#include "tests/server/support/temporary_directory.hpp"

namespace sluice::backup {
namespace {

using testkit::TemporaryDirectory;

class BackupTest : public testing::Test {
 protected:
  BackupTest() : data(directory / "data") {
    const base::Vault vault = base::Vault::from_file(data.master_key());
    store::ConfigStore config(data.config(), vault, clock, random);
    config.organisations().create("acme");
  }

  BackupReport back_up_until(std::uint64_t limit) {
    return back_up(data.path(), directory / "file", "1", clock, random, end_at(limit));
  }
  Manifest restore_until(std::uint64_t limit) {
    return restore(directory / "file", directory / "restored", random, end_at(limit));
  }

  /// Throws once more than so many bytes were written.
  static std::function<void(std::uint64_t)> end_at(std::uint64_t limit) {
    return [limit, done = std::uint64_t{0}](std::uint64_t bytes) mutable {
      done += bytes;
      if (done > limit) throw std::runtime_error("enough");
    };
  }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
      found.push_back(entry.path().filename());
    std::ranges::sort(found);
    return found;
  }

  static constexpr std::uint64_t kAll = ~std::uint64_t{0};

  TemporaryDirectory directory{testkit::memory_path()};
  testkit::ManualClock clock;
  testkit::SeededRandom random{1};
  store::DataDir data;
};

TEST_F(BackupTest, ADirectoryThatHasNeverServedComesBack) {
  const BackupReport report = back_up_until(kAll);
  EXPECT_EQ(report.manifest.begun_at, clock.now());
  const Manifest manifest = restore_until(kAll);
  EXPECT_EQ(manifest.files, report.manifest.files);
  EXPECT_EQ(manifest.begun_at, clock.now());
  EXPECT_EQ(manifest.program, "1");
  const store::DataDir restored(directory / "restored");
  const base::Vault vault = base::Vault::from_file(restored.master_key());
  store::ConfigStore config(restored.config(), vault, clock, random);
  EXPECT_TRUE(config.organisations().find_by_name("acme").has_value());
}

TEST_F(BackupTest, LeavesNothingBehindWhenItsWatcherEndsIt) {
  const std::uint64_t all = [this] {
    const std::uint64_t bytes = back_up_until(kAll).data_bytes();
    std::filesystem::remove(directory / "file");
    return bytes;
  }();
  for (const std::uint64_t limit : {std::uint64_t{0}, all / 2, all - 1}) {
    EXPECT_THROW(back_up_until(limit), std::runtime_error);
    EXPECT_EQ(names(), std::vector<std::string>{"data"});
  }
}

TEST_F(BackupTest, ARestoreLeavesNothingBehindWhenItsWatcherEndsIt) {
  const std::uint64_t all = back_up_until(kAll).data_bytes();
  for (const std::uint64_t limit : {std::uint64_t{0}, all / 2, all - 1}) {
    EXPECT_THROW(restore_until(limit), std::runtime_error);
    EXPECT_EQ(names(), (std::vector<std::string>{"data", "file"}));
  }
}

TEST_F(BackupTest, OverwritesNothing) {
  std::ofstream(directory / "file") << "mine";
  EXPECT_THROW(back_up_until(kAll), BackupError);
  EXPECT_EQ(std::filesystem::file_size(directory / "file"), 4U);
  EXPECT_THROW(back_up(directory / "nowhere", directory / "other", "1", clock, random, end_at(0)),
               BackupError);
  EXPECT_EQ(names(), (std::vector<std::string>{"data", "file"}));
}

TEST(BackupNames, AreThoseOfADataDirectory) {
  for (const char* name : {"config.db", "master.key", "journal/journal.keys", "backup.json",
                           "journal/segment-0000000001.log", "journal/segment-0000000001.ids"})
    EXPECT_TRUE(is_backup_name(name)) << name;
  for (const char* name : {"", "journal", "journal/", "journal/lock", "../config.db", "/config.db",
                           "journal/../config.db", "config.db/", "journal/segment-1.log"})
    EXPECT_FALSE(is_backup_name(name)) << name;
}

TEST(BackupManifest, ReadsBackWhatItSays) {
  Manifest manifest;
  manifest.program = "0.1.0";
  manifest.events = {3, 17};
  manifest.files = {{"config.db", 5, "ab"}};
  const auto read = parse_manifest(to_json(manifest));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->files, manifest.files);
  EXPECT_EQ(read->events.through, 17U);
  EXPECT_FALSE(parse_manifest("{}"));
  EXPECT_FALSE(parse_manifest("no JSON"));
  EXPECT_FALSE(parse_manifest(R"({"format":2,"files":[]})"));
}

}  // namespace
}  // namespace sluice::backup

// A copy of a journal opens like the journal after a kill: with all that was committed before, and with
// nothing that is not whole.
#include "journal/journal_copy.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <initializer_list>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "journal/journal_error.hpp"
#include "journal/retention_hold.hpp"
#include "server/journal/journal_rig.hpp"
#include "server/support/temporary_directory.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::copy_journal;
using sluice::journal::CopiedEvents;
using sluice::journal::FileLock;
using sluice::journal::JournalError;
using sluice::journal::RetentionHold;

constexpr std::uint32_t kAcme = 7;

/// Keeps what it is given, and checks that each file gets as many bytes as were said.
class Copies final : public sluice::journal::FileTaker {
 public:
  void begin(const std::string& name, std::uint64_t bytes) override {
    EXPECT_EQ(left_, 0U);
    EXPECT_TRUE(files.emplace(name, std::vector<std::byte>{}).second) << name;
    current_ = &files.at(name);
    left_ = bytes;
  }
  void take(std::span<const std::byte> bytes) override {
    ASSERT_LE(bytes.size(), left_);
    left_ -= bytes.size();
    current_->insert(current_->end(), bytes.begin(), bytes.end());
  }

  std::map<std::string, std::vector<std::byte>> files;

 private:
  std::vector<std::byte>* current_ = nullptr;
  std::uint64_t left_ = 0;
};

class JournalCopy : public ::testing::Test {
 protected:
  /// Six events fill a segment.
  void fill(int events) {
    for (int i = 0; i < events; ++i) {
      append(*rig.journal, kAcme, {{std::string(10'000, 'x'), "id-" + std::to_string(next)}});
      ++next;
    }
  }

  /// Copies the journal into another rig and opens it there.
  void copy_to(JournalRig& into) {
    Copies copies;
    copied = copy_journal(rig.disk, rig.options.directory, copies);
    for (auto& [name, content] : copies.files)
      into.disk.set_content(into.file(name), std::move(content));
    into.open();
  }

  /// Whether the file of any of these segments is on the disk.
  bool has_any_of(std::initializer_list<int> segments) {
    std::vector<std::string> names;
    EXPECT_FALSE(rig.disk.list(rig.options.directory, names));
    return std::ranges::any_of(segments, [&](int segment) {
      return std::ranges::count(names, "segment-000000000" + std::to_string(segment) + ".log") > 0;
    });
  }

  void change(const char* name, std::uint64_t offset) {
    auto content = rig.disk.content(rig.file(name));
    content.at(offset) ^= std::byte{1};
    rig.disk.set_content(rig.file(name), std::move(content));
  }

  /// What it says of damage.
  std::string refusal() {
    Copies copies;
    try {
      copy_journal(rig.disk, rig.options.directory, copies);
    } catch (const JournalError& error) {
      return error.what();
    }
    return "";
  }

  JournalRig rig;
  JournalRig other{2};
  CopiedEvents copied;
  int next = 0;
};

TEST_F(JournalCopy, HoldsEveryEventOfAJournalThatIsOpen) {
  rig.open();
  fill(20);
  copy_to(other);
  EXPECT_EQ(read_all(*other.journal), read_all(*rig.journal));
  EXPECT_EQ(copied.first, 1U);
  EXPECT_EQ(copied.through, 20U);
  // It goes on where the other one was, and knows the same ids.
  EXPECT_EQ(append(*other.journal, kAcme, {{"{}", "id-3"}}).duplicates.size(), 1U);
  EXPECT_EQ(append(*other.journal, kAcme, {{"{}", "new"}}).first, 21U);
}

TEST_F(JournalCopy, OfAnEmptyJournalIsEmpty) {
  rig.open();
  copy_to(other);
  EXPECT_EQ(copied.first, 0U);
  EXPECT_EQ(copied.through, 0U);
  EXPECT_EQ(append(*other.journal, kAcme, {{"{}", "new"}}).first, 1U);
}

TEST_F(JournalCopy, KnowsIdsWhoseEventsWereDropped) {
  rig.options.retention_bytes = 0;
  rig.open();
  fill(20);
  rig.journal->release_below(21);
  // They leave the journal first, and the disk a moment later.
  wait_until([&] { return rig.journal->stats().first == 19 && !has_any_of({1, 2, 3}); });
  copy_to(other);
  EXPECT_EQ(copied.first, 19U);
  EXPECT_EQ(append(*other.journal, kAcme, {{"{}", "id-3"}}).duplicates.size(), 1U);
}

TEST_F(JournalCopy, LeavesOutATailThatIsNotWhole) {
  rig.open();
  fill(8);
  const auto all = read_all(*rig.journal);
  rig.journal.reset();
  change("segment-0000000002.log", 4096 + 10'200 + 5'000);  // in the payload of the last record
  copy_to(other);
  EXPECT_EQ(copied.through, 7U);
  EXPECT_EQ(read_all(*other.journal), std::vector(all.begin(), all.end() - 1));
}

TEST_F(JournalCopy, RefusesDamageAndNamesItsPlace) {
  rig.open();
  fill(14);
  rig.journal.reset();
  change("segment-0000000001.log", 5'000);
  EXPECT_NE(refusal().find("segment-0000000001.log is damaged: what lies at byte 4096, event 1,"),
            std::string::npos);
  change("segment-0000000001.log", 5'000);
  EXPECT_EQ(refusal(), "");
  change("segment-0000000003.log", 5'000);  // behind it a record says that this was on the disk
  EXPECT_NE(refusal().find("segment-0000000003.log is damaged"), std::string::npos);
  change("segment-0000000003.log", 5'000);
  change("segment-0000000002.log", 20);
  EXPECT_NE(refusal().find("segment-0000000002.log has a damaged header"), std::string::npos);
  rig.disk.remove(rig.file("segment-0000000002.log"));
  EXPECT_NE(refusal().find("segment-0000000002.log is missing"), std::string::npos);
}

TEST_F(JournalCopy, TakesAlongTheGapThatAnOperatorHasMade) {
  rig.open();
  fill(14);
  rig.journal.reset();
  change("segment-0000000002.log", 5'000);
  rig.disk.rename(rig.file("segment-0000000002.log"), rig.file("segment-0000000002.lost"));
  copy_to(other);
  rig.open();
  EXPECT_EQ(read_all(*other.journal), read_all(*rig.journal));
  EXPECT_EQ(read_all(*other.journal).size(), 8U);
}

// What is committed while the copy is made is in it or not, but there is no hole.
TEST_F(JournalCopy, OfAJournalThatIsWrittenMeanwhileIsABeginningOfIt) {
  rig.open();
  std::atomic<bool> is_ending = false;
  std::atomic<std::uint64_t> acknowledged = 0;
  // So many and no more: a writer without end makes more to copy and to compare the slower that is.
  std::atomic<int> wanted = 0;
  std::thread writer([&] {
    for (int i = 0;; ++i) {
      wait_until([&] {
        return i < wanted.load(std::memory_order_acquire) ||
               is_ending.load(std::memory_order_acquire);
      });
      if (is_ending.load(std::memory_order_acquire)) return;
      const Answer answer =
          append(*rig.journal, kAcme,
                 {{std::string(static_cast<std::size_t>(i % 3'000), 'y'), "w-" + std::to_string(i)}});
      acknowledged.store(answer.first, std::memory_order_release);
    }
  });
  for (int round = 0; round < 20; ++round) {
    wanted.fetch_add(200, std::memory_order_release);
    const std::uint64_t before = acknowledged.load(std::memory_order_acquire);
    wait_until([&] { return acknowledged.load(std::memory_order_acquire) > before + 10; });
    const std::uint64_t owed = acknowledged.load(std::memory_order_acquire);
    JournalRig copy(static_cast<std::uint64_t>(round) + 3);
    copy_to(copy);
    EXPECT_GE(copied.through, owed);
    const auto events = read_all(*copy.journal);
    ASSERT_EQ(events.size(), copied.through);
    for (std::size_t i = 0; i < events.size(); ++i)
      ASSERT_EQ(events[i].event.id, "w-" + std::to_string(i));
  }
  is_ending.store(true, std::memory_order_release);
  writer.join();
}

TEST(RetentionHold, KeepsTheLockThatRetentionWantsAndSharesItWithOthers) {
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory / sluice::journal::kHoldFileName;
  std::unique_ptr<FileLock> turn;
  auto& disk = sluice::journal::posix_file_system();
  {
    const RetentionHold one(directory.path());
    const RetentionHold two(directory.path());
    EXPECT_EQ(disk.lock(file, turn), std::errc::resource_unavailable_try_again);
  }
  EXPECT_FALSE(disk.lock(file, turn));
  EXPECT_THROW(RetentionHold(directory / "nowhere"), JournalError);
}

TEST(PosixFileSystem, MakesDirectoriesForTheirOwnerOnly) {
  const TemporaryDirectory directory;
  const std::filesystem::path made = directory / "a/journal";
  auto& disk = sluice::journal::posix_file_system();
  ASSERT_FALSE(disk.make_directory(made));
  EXPECT_FALSE(disk.make_directory(made)) << "it is there already";
  struct ::stat status {};
  ASSERT_EQ(::stat(made.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

}  // namespace

#include "journal/journal.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "journal/journal_error.hpp"
#include "server/journal/journal_rig.hpp"
#include "server/support/temporary_directory.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::Durability;
using sluice::journal::Journal;
using sluice::journal::JournalError;
using sluice::journal::ReadOutcome;
using sluice::journal::RecordView;
using sluice::journal::Sequence;

constexpr std::uint32_t kAcme = 7;
constexpr std::uint32_t kOther = 8;

std::vector<GivenEvent> events_of(std::size_t count, std::size_t bytes) {
  std::vector<GivenEvent> events;
  for (std::size_t i = 0; i < count; ++i)
    events.push_back({std::to_string(i) + std::string(bytes, 'x'), "", {1}});
  return events;
}

TEST(Journal, GivesBackWhatWasAppended) {
  JournalRig rig;
  Journal& journal = rig.open();
  const GivenEvent first{R"({"event_type":"a.b"})", "", {3, 5}};
  const GivenEvent second{R"({"event_id":"id-1"})", "id-1", {}};
  const Answer answer = append(journal, kAcme, {first, second});
  EXPECT_FALSE(answer.error);
  EXPECT_EQ(answer.first, 1U);
  EXPECT_TRUE(answer.duplicates.empty());
  EXPECT_EQ(read_all(journal),
            (std::vector<SeenEvent>{{1, kAcme, first, false}, {2, kAcme, second, false}}));
}

TEST(Journal, NumbersEventsDenselyOverBatchesAndRestarts) {
  JournalRig rig;
  rig.open();
  EXPECT_EQ(append(*rig.journal, kAcme, events_of(3, 10)).first, 1U);
  EXPECT_EQ(append(*rig.journal, kAcme, events_of(1, 10)).first, 4U);
  rig.reopen();
  EXPECT_EQ(append(*rig.journal, kAcme, events_of(2, 10)).first, 5U);
  rig.cut_power_and_reopen();
  EXPECT_EQ(append(*rig.journal, kAcme, events_of(1, 10)).first, 7U);
}

TEST(Journal, AnswersAnEmptyBatchAtOnceAndWritesNothing) {
  JournalRig rig;
  Journal& journal = rig.open();
  EXPECT_FALSE(append(journal, kAcme, {}).error);
  EXPECT_TRUE(read_all(journal).empty());
}

TEST(Journal, TellsARepeatedIdWithinABatchFromTheFirst) {
  JournalRig rig;
  Journal& journal = rig.open();
  const Answer answer = append(journal, kAcme, {{"a", "one"}, {"b", "two"}, {"c", "one"}});
  EXPECT_EQ(answer.duplicates, std::vector<std::uint32_t>{2});
  const auto seen = read_all(journal);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_FALSE(seen[0].is_duplicate);
  EXPECT_FALSE(seen[1].is_duplicate);
  EXPECT_TRUE(seen[2].is_duplicate);
}

TEST(Journal, TellsARepeatedIdOfAnEarlierBatch) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, {{"a", "one"}});
  const Answer answer = append(journal, kAcme, {{"b", "one"}, {"c", "two"}});
  EXPECT_EQ(answer.duplicates, std::vector<std::uint32_t>{0});
}

TEST(Journal, KeepsTheIdsOfOrganisationsApart) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, {{"a", "one"}});
  EXPECT_TRUE(append(journal, kOther, {{"b", "one"}}).duplicates.empty());
  EXPECT_EQ(journal.find(kAcme, "one")->json, "a");
  EXPECT_EQ(journal.find(kOther, "one")->json, "b");
}

TEST(Journal, WritesNoRecordForABatchOfDuplicates) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, {{"a", "one"}, {"b", "two"}});
  const Answer answer = append(journal, kAcme, {{"b", "two"}, {"a", "one"}});
  EXPECT_EQ(answer.first, 0U);
  EXPECT_EQ(answer.duplicates, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(append(journal, kAcme, {{"c"}}).first, 3U);
}

TEST(Journal, RemembersIdsOverARestartAlsoFromIndexFiles) {
  JournalRig rig;
  rig.open();
  for (int i = 0; i < 40; ++i)
    append(*rig.journal, kAcme, {{std::string(8000, 'x'), "id-" + std::to_string(i)}});
  ASSERT_GT(rig.journal->stats().segments, 3U);
  rig.options.verified_bytes = 0;  // nothing but the last segment is read: the rest is from indexes
  rig.reopen();
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(append(*rig.journal, kAcme, {{"again", "id-" + std::to_string(i)}}).duplicates.size(),
              1U);
}

TEST(Journal, ForgetsAnIdWhenItsTimeHasPassed) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, {{"a", "one"}});
  rig.clock.advance(std::chrono::hours{25});
  EXPECT_TRUE(append(journal, kAcme, {{"b", "one"}}).duplicates.empty());
  EXPECT_EQ(journal.find(kAcme, "one")->json, "b");
}

TEST(Journal, FindsAnEventByItsIdAndOnlyForItsOrganisation) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, {{"a", "one", {1, 2}}, {"b", "", {3}}}, rig.clock.now());
  const auto given = journal.find(kAcme, "one");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->sequence, 1U);
  EXPECT_EQ(given->json, "a");
  EXPECT_EQ(given->webhooks, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(given->accepted_at, rig.clock.now());

  const std::string made = journal.read_event(2)->event_id;
  EXPECT_TRUE(made.starts_with("evt_"));
  EXPECT_EQ(journal.find(kAcme, made)->json, "b");
  EXPECT_FALSE(journal.find(kOther, made));
  EXPECT_FALSE(journal.find(kOther, "one"));
  EXPECT_FALSE(journal.find(kAcme, "two"));
  EXPECT_FALSE(journal.find(kAcme, ""));
}

TEST(Journal, FindsNeitherADuplicateNorAnEventByAnIdThatItDoesNotHave) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, {{"a", "one"}, {"b", "one"}, {"c"}});
  EXPECT_FALSE(journal.read_event(2));
  RecordView record;
  auto cursor = journal.cursor(1);
  ASSERT_EQ(cursor.next(record), ReadOutcome::record);
  // The id that the first event would have had without its own.
  auto unnamed = record[0];
  unnamed.given_id = {};
  EXPECT_FALSE(journal.find(kAcme, journal.event_id(unnamed)));
}

TEST(Journal, FindsCallersIdsInFullSegmentsAndInTheNewest) {
  JournalRig rig;
  rig.open();
  for (int i = 0; i < 60; ++i)
    append(*rig.journal, kAcme, {{std::string(5000, 'x'), "id-" + std::to_string(i)}});
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 60; ++i) {
      const auto found = rig.journal->find(kAcme, "id-" + std::to_string(i));
      ASSERT_TRUE(found) << i;
      EXPECT_EQ(found->sequence, static_cast<Sequence>(i) + 1);
    }
    rig.reopen();
  }
}

TEST(Journal, ReadsAnyEventByItsNumber) {
  JournalRig rig;
  Journal& journal = rig.open();
  for (int i = 0; i < 50; ++i) append(journal, kAcme, events_of(10, 300));
  for (Sequence sequence = 1; sequence <= 500; sequence += 7) {
    const auto event = journal.read_event(sequence);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->json, std::to_string((sequence - 1) % 10) + std::string(300, 'x'));
  }
  EXPECT_FALSE(journal.read_event(0));
  EXPECT_FALSE(journal.read_event(501));
}

TEST(Journal, ACursorBeginsInTheMiddleOfARecord) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, events_of(5, 10));
  const auto seen = read_all(journal, 4);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].sequence, 4U);
  EXPECT_EQ(seen[0].event.json, "3" + std::string(10, 'x'));
}

TEST(Journal, ACursorAtTheEndGoesOnWithWhatComes) {
  JournalRig rig;
  Journal& journal = rig.open();
  auto cursor = journal.cursor(1);
  RecordView record;
  EXPECT_EQ(cursor.next(record), ReadOutcome::end);
  for (Sequence first = 1; first < 200; first += 2) {
    append(journal, kAcme, events_of(2, 2000));
    ASSERT_EQ(cursor.next(record), ReadOutcome::record);
    EXPECT_EQ(record.first(), first);
    EXPECT_EQ(cursor.next(record), ReadOutcome::end);
  }
  EXPECT_EQ(cursor.position(), 201U);
}

TEST(Journal, TellsTheListenerOfEachCommitUntilItIsTakenAway) {
  JournalRig rig;
  Journal& journal = rig.open();
  std::vector<Sequence> told;
  std::promise<void> told_twice;
  journal.set_commit_listener([&](Sequence through) {
    told.push_back(through);
    if (told.size() == 2) told_twice.set_value();
  });
  append(journal, kAcme, events_of(3, 10));
  append(journal, kAcme, events_of(2, 10));
  told_twice.get_future().wait();
  journal.set_commit_listener(nullptr);
  append(journal, kAcme, events_of(1, 10));
  journal.set_commit_listener(nullptr);  // what was being told is over
  EXPECT_EQ(told, (std::vector<Sequence>{3, 5}));
}

TEST(Journal, TellsWhenWhatItIsOwedIsReleased) {
  JournalRig rig;
  rig.options.backlog_limit_bytes = 100'000;
  Journal& journal = rig.open();
  for (int i = 0; i < 30; ++i) append(journal, kAcme, events_of(1, 10'000));
  ASSERT_FALSE(journal.has_room());
  std::atomic<bool> has_room{false};
  journal.set_room_listener([&] { has_room = journal.has_room(); });
  journal.release_below(28);
  EXPECT_TRUE(has_room);
  journal.set_room_listener(nullptr);
  has_room = false;
  journal.release_below(29);
  EXPECT_FALSE(has_room);
}

TEST(Journal, HasNoRoomWhenTheBacklogIsOverItsLimitUntilItIsReleased) {
  JournalRig rig;
  rig.options.backlog_limit_bytes = 100'000;
  Journal& journal = rig.open();
  for (int i = 0; i < 9; ++i) append(journal, kAcme, events_of(1, 10'000));
  EXPECT_TRUE(journal.has_room());
  for (int i = 0; i < 20; ++i) append(journal, kAcme, events_of(1, 10'000));
  EXPECT_FALSE(journal.has_room());
  journal.release_below(28);
  EXPECT_TRUE(journal.has_room());
  EXPECT_LT(journal.stats().backlog_bytes, 100'000U);
}

TEST(Journal, SaysWhatCrowdsTheBacklogOnceItIsNearlyFull) {
  JournalRig rig;
  rig.options.backlog_limit_bytes = 2'000'000;
  rig.options.segment_bytes = std::uint64_t{1} << 20U;
  Journal& journal = rig.open();
  EXPECT_EQ(journal.crowded_below(), 0U);
  for (int i = 0; i < 170; ++i) append(journal, kAcme, events_of(1, 10'000));
  EXPECT_EQ(journal.crowded_below(), 0U);
  for (int i = 0; i < 25; ++i) append(journal, kAcme, events_of(1, 10'000));
  ASSERT_TRUE(journal.has_room());
  // 1.8 of 1.95 MB may stay, and places lie 64 KiB apart.
  const Sequence crowded = journal.crowded_below();
  EXPECT_GT(crowded, 16U - 65'536 / 10'000);
  EXPECT_LE(crowded, 17U);
  journal.release_below(crowded);
  EXPECT_LT(journal.stats().backlog_bytes, 1'800'000U + 2 * 65'536U);
  journal.release_below(30);
  EXPECT_EQ(journal.crowded_below(), 0U);
}

// What is owed may begin in a segment behind others that are kept, and end in a later one.
TEST(Journal, SaysWhatCrowdsTheBacklogAfterARestartAndADrop) {
  JournalRig rig;
  rig.options.backlog_limit_bytes = 500'000;
  rig.options.retention_bytes = 100'000;
  Journal* journal = &rig.open();
  for (int i = 0; i < 60; ++i) append(*journal, kAcme, events_of(1, 10'000));
  journal = &rig.reopen();
  EXPECT_EQ(journal->crowded_below(), 0U);
  journal->release_below(31);
  wait_until([&] { return journal->stats().first > 10; });
  for (int i = 0; i < 18; ++i) append(*journal, kAcme, events_of(1, 10'000));
  const Sequence crowded = journal->crowded_below();
  EXPECT_GE(crowded, 31U - 7);
  EXPECT_LE(crowded, 35U);
}

TEST(Journal, RefusesABatchThatFitsIntoNoSegment) {
  JournalRig rig;
  Journal& journal = rig.open();
  auto builder = journal.make_builder();
  builder.start(kAcme, {});
  EXPECT_FALSE(builder.add(std::string(65'536, 'x'), "", {}));
  EXPECT_TRUE(builder.is_empty());
  EXPECT_TRUE(builder.add(std::string(50'000, 'x'), "", {}));
  EXPECT_FALSE(builder.add(std::string(20'000, 'x'), "", {}));
  EXPECT_EQ(builder.size(), 1U);
}

TEST(Journal, IsHeldByOneProcessAtATime) {
  const TemporaryDirectory directory;
  JournalRig rig;
  rig.options.directory = directory.path();
  const Journal journal(rig.options, rig.clock, rig.random);
  try {
    const Journal second(rig.options, rig.clock, rig.random);
    FAIL() << "it was opened twice";
  } catch (const JournalError& error) {
    EXPECT_NE(std::string(error.what()).find("another process uses the journal"),
              std::string::npos);
  }
}

TEST(Journal, WorksOnTheRealFileSystemWithBothDurabilities) {
  for (const Durability durability : {Durability::fsync, Durability::os}) {
    const TemporaryDirectory directory;
    JournalRig rig;
    rig.options.directory = directory.path() / "made" / "by itself";
    rig.options.durability = durability;
    for (int round = 0; round < 3; ++round) {
      Journal journal(rig.options, rig.clock, rig.random);
      EXPECT_EQ(read_all(journal).size(), 400U * static_cast<std::size_t>(round));
      for (int i = 0; i < 40; ++i) ASSERT_FALSE(append(journal, kAcme, events_of(10, 500)).error);
    }
  }
}

}  // namespace

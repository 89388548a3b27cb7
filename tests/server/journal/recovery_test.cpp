// What a journal makes of files that are not as it left them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "journal/journal_error.hpp"
#include "journal/record.hpp"
#include "journal/segment_header.hpp"
#include "server/journal/journal_rig.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::JournalError;
using sluice::journal::kRecordsBegin;

constexpr std::uint32_t kAcme = 7;
constexpr const char* kFirst = "segment-0000000001.log";
constexpr const char* kSecond = "segment-0000000002.log";
constexpr const char* kThird = "segment-0000000003.log";

/// Six events to a segment.
GivenEvent large_event(int i) { return {std::to_string(i) + std::string(10'000, 'x'), ""}; }

class Recovery : public ::testing::Test {
 protected:
  void fill(int events) {
    rig.open();
    for (int i = 0; i < events; ++i) append(*rig.journal, kAcme, {large_event(i)});
    rig.journal.reset();
  }

  void change_byte(const char* name, std::uint64_t offset) {
    auto content = rig.disk.content(rig.file(name));
    content.at(offset) ^= std::byte{0x40};
    rig.disk.set_content(rig.file(name), std::move(content));
  }

  /// As a program wrote it that knows format 1 only.
  void make_old(const char* name) {
    auto content = rig.disk.content(rig.file(name));
    content.at(offsetof(sluice::journal::SegmentHeader, version)) = std::byte{1};
    rig.disk.set_content(rig.file(name), std::move(content));
  }
  int version_of(const char* name) {
    const auto content = rig.disk.content(rig.file(name));
    return std::to_integer<int>(content.at(offsetof(sluice::journal::SegmentHeader, version)));
  }

  /// Behind the last record of the file.
  std::uint64_t end_of(const char* name) {
    const auto content = rig.disk.content(rig.file(name));
    std::uint64_t offset = kRecordsBegin;
    for (;;) {
      const auto header =
          sluice::journal::read_record_header(std::span(content).subspan(offset));
      if (!header.is_plausible()) return offset;
      offset += header.record_bytes();
    }
  }

  /// Why it cannot be opened; empty: it can.
  std::string refusal() {
    try {
      rig.open();
    } catch (const JournalError& error) {
      return error.what();
    }
    return "";
  }

  bool has_file(std::string_view name) {
    const auto names = rig.disk.names();
    return std::ranges::find(names, name) != names.end();
  }

  std::size_t events() { return read_all(*rig.journal).size(); }

  JournalRig rig;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Recovery, OfAnEmptyDirectoryIsAnEmptyJournal) {
  fill(0);
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(events(), 0U);
  EXPECT_EQ(append(*rig.journal, kAcme, {large_event(0)}).first, 1U);
}

TEST_F(Recovery, CutsOffATornTail) {
  fill(3);
  change_byte(kFirst, end_of(kFirst) - 20);
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(events(), 2U);
  EXPECT_EQ(append(*rig.journal, kAcme, {large_event(9)}).first, 3U);
  rig.reopen();
  EXPECT_EQ(events(), 3U);
}

TEST_F(Recovery, DoesNotBelieveWhatLiesBehindATailThatWasCutOff) {
  fill(1);
  const std::uint64_t end = end_of(kFirst);
  rig.reopen();
  append(*rig.journal, kAcme, {large_event(1)});
  append(*rig.journal, kAcme, {large_event(2)});
  rig.journal.reset();
  // The second record is torn; the third is whole, as if both had been of one group.
  change_byte(kFirst, end + 100);
  auto torn = rig.disk.content(rig.file(kFirst));
  const std::uint64_t third = end + (end - kRecordsBegin);
  auto header = sluice::journal::read_record_header(std::span(torn).subspan(third));
  ASSERT_EQ(header.first, 3U);
  header.durable_bytes = static_cast<std::uint32_t>(end);
  std::memcpy(torn.data() + third, &header, sizeof header);
  sluice::journal::SegmentHeader segment;
  std::memcpy(&segment, torn.data(), sizeof segment);
  const auto head = std::span(torn).subspan(third, header.head_bytes());
  header.header_crc = sluice::journal::header_crc_of(head, segment.crc);
  std::memcpy(torn.data() + third, &header, sizeof header);
  rig.disk.set_content(rig.file(kFirst), std::move(torn));

  ASSERT_EQ(refusal(), "");
  EXPECT_EQ(events(), 1U);
  // Of the same size, so that the old third record lies right behind it, with the next sequence.
  append(*rig.journal, kAcme, {large_event(5)});
  rig.reopen();
  EXPECT_EQ(events(), 2U);
}

TEST_F(Recovery, RefusesDamageInTheMiddleOfTheLastSegmentAndNamesFileAndByte) {
  fill(4);
  change_byte(kFirst, kRecordsBegin + 500);
  const std::string why = refusal();
  EXPECT_TRUE(contains(why, "/journal/segment-0000000001.log is damaged")) << why;
  EXPECT_TRUE(contains(why, "byte 4096, event 1, has a payload whose checksum is wrong")) << why;
  EXPECT_TRUE(contains(why, "sluice journal inspect")) << why;
}

TEST_F(Recovery, RefusesADamagedRecordHeaderInTheMiddle) {
  fill(4);
  change_byte(kFirst, kRecordsBegin + 9);
  EXPECT_TRUE(contains(refusal(), "has a header whose checksum is wrong"));
}

TEST_F(Recovery, RefusesDamageInAFullSegment) {
  fill(12);
  change_byte(kFirst, end_of(kFirst) - 20);
  EXPECT_TRUE(contains(refusal(), "segment-0000000001.log is damaged"));
}

TEST_F(Recovery, LeavesTheCheckOfOldSegmentsToTheirReaders) {
  fill(12);
  change_byte(kFirst, kRecordsBegin + 500);
  rig.options.verified_bytes = 0;
  ASSERT_EQ(refusal(), "");
  auto cursor = rig.journal->cursor(1);
  sluice::journal::RecordView record;
  ASSERT_EQ(cursor.next(record), sluice::journal::ReadOutcome::failed);
  EXPECT_TRUE(contains(cursor.error(), "segment-0000000001.log is damaged: what lies at byte 4096"))
      << cursor.error();
  EXPECT_EQ(cursor.next(record), sluice::journal::ReadOutcome::failed);
  EXPECT_EQ(cursor.skip_segment(), 6U);
  ASSERT_EQ(cursor.next(record), sluice::journal::ReadOutcome::record);
  EXPECT_EQ(record.first(), 7U);
  EXPECT_THROW(rig.journal->read_event(1), JournalError);
}

TEST_F(Recovery, RefusesAMissingSegmentInTheMiddle) {
  fill(17);
  rig.disk.remove(rig.file(kSecond));
  EXPECT_TRUE(contains(refusal(), "segment-0000000002.log is missing"));
}

TEST_F(Recovery, RefusesASegmentThatWasCutShort) {
  fill(12);
  auto content = rig.disk.content(rig.file(kSecond));
  content.resize(content.size() / 2);
  rig.disk.set_content(rig.file(kSecond), std::move(content));
  EXPECT_TRUE(contains(refusal(), "segment-0000000002.log is 32768 bytes long instead of 65536"));
}

TEST_F(Recovery, RefusesADamagedSegmentHeader) {
  fill(12);
  change_byte(kSecond, 20);
  EXPECT_TRUE(contains(refusal(), "segment-0000000002.log has a damaged header, at byte 0"));
}

class RecoveryOfAHeader : public Recovery, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(RecoveryOfAHeader, BeginsASegmentAgainWhoseHeaderWasCutShort) {
  fill(7);
  auto content = rig.disk.content(rig.file(kSecond));
  std::fill(content.begin() + static_cast<std::ptrdiff_t>(GetParam()), content.end(), std::byte{0});
  rig.disk.set_content(rig.file(kSecond), std::move(content));
  ASSERT_EQ(refusal(), "");
  EXPECT_EQ(events(), 6U);
  append(*rig.journal, kAcme, {large_event(7)});
  rig.journal.reset();
  ASSERT_EQ(refusal(), "");
  EXPECT_EQ(events(), 7U);
}

INSTANTIATE_TEST_SUITE_P(AfterSoManyBytes, RecoveryOfAHeader,
                         ::testing::Values(3U, 8U, 10U, 32U, 56U));

TEST_F(Recovery, RefusesABlankHeaderAmongSegmentsThatWereBegun) {
  fill(14);
  auto content = rig.disk.content(rig.file(kSecond));
  std::fill_n(content.begin(), 64, std::byte{0});
  rig.disk.set_content(rig.file(kSecond), std::move(content));
  EXPECT_TRUE(contains(refusal(), "segment-0000000002.log has no header"));
}

TEST_F(Recovery, NamesAFormatThatItDoesNotKnow) {
  fill(1);
  auto content = rig.disk.content(rig.file(kFirst));
  content[8] = std::byte{9};
  rig.disk.set_content(rig.file(kFirst), std::move(content));
  EXPECT_TRUE(contains(refusal(), "has format 9; this program knows formats 1 to 2"));
}

TEST_F(Recovery, GoesOnBehindASegmentOfTheFormatBefore) {
  fill(12);
  make_old(kFirst);
  make_old(kSecond);
  // Its tail is torn, as a power cut leaves it.
  change_byte(kSecond, end_of(kSecond) - 20);
  ASSERT_EQ(refusal(), "");
  EXPECT_EQ(events(), 11U);
  append(*rig.journal, kAcme, {large_event(20)});
  for (int turn = 0; turn < 2; ++turn) {
    rig.reopen();
    EXPECT_EQ(events(), 12U);
  }
  rig.journal.reset();
  EXPECT_EQ(version_of(kFirst), 1);
  EXPECT_EQ(version_of(kSecond), 1);
  EXPECT_EQ(version_of(kThird), 2);
}

TEST_F(Recovery, RefusesASegmentOfAnotherJournal) {
  fill(1);
  JournalRig other(2);
  other.open();
  append(*other.journal, kAcme, {large_event(0)});
  other.journal.reset();
  rig.disk.set_content(rig.file(kFirst), other.disk.content(other.file(kFirst)));
  EXPECT_TRUE(contains(refusal(), "belongs to another journal"));
}

TEST_F(Recovery, RefusesASegmentUnderAnothersName) {
  fill(7);
  rig.disk.set_content(rig.file(kFirst), rig.disk.content(rig.file(kSecond)));
  EXPECT_TRUE(contains(refusal(), "is segment 2 under another name"));
}

TEST_F(Recovery, RefusesSegmentsWithoutTheirKeys) {
  fill(1);
  rig.disk.remove(rig.file("journal.keys"));
  EXPECT_TRUE(contains(refusal(), "journal.keys cannot be read"));
}

TEST_F(Recovery, RefusesDamagedKeys) {
  fill(1);
  change_byte("journal.keys", 100);
  EXPECT_TRUE(contains(refusal(), "journal.keys is damaged"));
}

TEST_F(Recovery, NeverBelievesWhatARecycledFileHeldBefore) {
  rig.options.retention_bytes = 0;
  rig.open();
  for (int i = 0; i < 57; ++i) {  // the newest segment is half full
    append(*rig.journal, kAcme, {large_event(i)});
    rig.journal->release_below(static_cast<sluice::journal::Sequence>(i) + 1);
  }
  wait_until([&] { return rig.journal->stats().segments <= 2; });
  rig.journal.reset();
  // Behind its last record lie old ones, of the same size, written when much of the file was durable.
  ASSERT_EQ(refusal(), "");
  EXPECT_EQ(rig.journal->stats().committed_through, 57U);
  const auto seen = read_all(*rig.journal);
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.back().event.json, large_event(56).json);
  EXPECT_EQ(append(*rig.journal, kAcme, {large_event(57)}).first, 58U);
}

TEST_F(Recovery, MakesAMissingOrDamagedIndexAgain) {
  rig.open();
  for (int i = 0; i < 14; ++i)
    append(*rig.journal, kAcme, {{std::string(10'000, 'x'), "id-" + std::to_string(i)}});
  wait_until([&] { return has_file("segment-0000000002.ids"); });
  rig.journal.reset();
  rig.disk.remove(rig.file("segment-0000000001.ids"));
  change_byte("segment-0000000002.ids", 100);
  rig.options.verified_bytes = 0;
  ASSERT_EQ(refusal(), "");
  for (int i = 0; i < 14; ++i) {
    ASSERT_TRUE(rig.journal->find(kAcme, "id-" + std::to_string(i)));
    EXPECT_EQ(
        append(*rig.journal, kAcme, {{"again", "id-" + std::to_string(i)}}).duplicates.size(), 1U);
  }
}

TEST_F(Recovery, GoesOnWithoutASegmentThatTheOperatorHasGivenUp) {
  fill(20);
  change_byte(kSecond, kRecordsBegin + 500);
  ASSERT_NE(refusal(), "");
  rig.disk.rename(rig.file(kSecond), rig.file("segment-0000000002.lost"));
  ASSERT_EQ(refusal(), "");
  const auto seen = read_all(*rig.journal);
  ASSERT_EQ(seen.size(), 14U);
  EXPECT_EQ(seen[5].sequence, 6U);
  EXPECT_EQ(seen[6].sequence, 13U);
  EXPECT_FALSE(rig.journal->read_event(7));
  EXPECT_EQ(append(*rig.journal, kAcme, {large_event(20)}).first, 21U);
}

TEST_F(Recovery, NeverGivesANumberTwiceAfterTheLastSegmentWasGivenUp) {
  fill(14);
  rig.disk.remove(rig.file(kThird));
  rig.disk.set_content(rig.file("segment-0000000003.lost"), {});
  ASSERT_EQ(refusal(), "");
  EXPECT_EQ(events(), 12U);
  EXPECT_GT(append(*rig.journal, kAcme, {large_event(14)}).first, 14U);
  rig.reopen();
  EXPECT_EQ(events(), 13U);
}

TEST_F(Recovery, TakesASegmentSizeThatHasChanged) {
  fill(7);
  rig.options.segment_bytes *= 2;
  ASSERT_EQ(refusal(), "");
  for (int i = 7; i < 30; ++i) append(*rig.journal, kAcme, {large_event(i)});
  rig.options.segment_bytes /= 2;
  rig.reopen();
  EXPECT_EQ(events(), 30U);
}

}  // namespace

#include "journal/batch.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "journal/record.hpp"
#include "journal/record_view.hpp"
#include "server/support/seeded_random.hpp"

namespace {

using namespace sluice::journal;

IdKey make_key(std::uint64_t seed) {
  std::array<std::byte, IdKey::kBytes> secret{};
  sluice::testkit::SeededRandom(seed).fill(secret);
  return IdKey(secret);
}

const IdKey kKey = make_key(1);

/// The record of `batch` as it would lie in a segment, but for its checksums.
std::vector<std::byte> record_of(const Batch& batch, std::uint64_t first = 1) {
  RecordHeader header;
  header.first = first;
  header.organisation = batch.organisation;
  header.events = static_cast<std::uint32_t>(batch.size());
  header.webhooks = static_cast<std::uint32_t>(batch.webhooks.size());
  header.payload_bytes = static_cast<std::uint32_t>(
      batch.entries.size() * sizeof(EventEntry) + batch.webhooks.size() * 4 + batch.data.size());
  std::vector<std::byte> record(batch.record_bytes());
  std::byte* at = record.data();
  std::memcpy(at, &header, sizeof header);
  at += header.head_bytes();
  for (const auto part :
       {std::as_bytes(std::span(batch.entries)), std::as_bytes(std::span(batch.webhooks)),
        std::as_bytes(std::span(batch.data))}) {
    std::copy(part.begin(), part.end(), at);
    at += part.size();
  }
  return record;
}

Batch small_batch() {
  BatchBuilder builder(kKey, 10'000);
  builder.start(3, {});
  EXPECT_TRUE(builder.add("first", "", std::vector<std::uint32_t>{1, 2}));
  EXPECT_TRUE(builder.add("second", "an-id", std::vector<std::uint32_t>{4}));
  return builder.finish();
}

TEST(Batch, IsReadBackFromItsRecord) {
  const auto record = record_of(small_batch(), 10);
  const auto view = RecordView::parse(record);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->organisation(), 3U);
  EXPECT_EQ(view->size(), 2U);
  EXPECT_EQ((*view)[0].json, "first");
  EXPECT_EQ((*view)[0].given_id, "");
  EXPECT_EQ((*view)[0].webhooks.size(), 2U);
  EXPECT_EQ((*view)[1].sequence, 11U);
  EXPECT_EQ((*view)[1].json, "second");
  EXPECT_EQ((*view)[1].given_id, "an-id");
  EXPECT_EQ((*view)[1].webhooks[0], 4U);
}

TEST(Batch, AnIdInsideOfTheJsonTakesNoRoom) {
  const std::string json = R"({"event_id":"abc"})";
  BatchBuilder builder(kKey, 10'000);
  builder.start(1, {});
  ASSERT_TRUE(builder.add(json, std::string_view(json).substr(13, 3), {}));
  const Batch batch = builder.finish();
  EXPECT_EQ(batch.data, json);
  const auto record = record_of(batch);
  const auto view = RecordView::parse(record);
  EXPECT_EQ((*view)[0].given_id, "abc");
  EXPECT_EQ((*view)[0].json, json);
}

TEST(Batch, TheFingerprintOfAnIdDependsOnOrganisationAndKey) {
  EXPECT_EQ(kKey.fingerprint(1, "a"), kKey.fingerprint(1, "a"));
  EXPECT_NE(kKey.fingerprint(1, "a"), kKey.fingerprint(2, "a"));
  EXPECT_NE(kKey.fingerprint(1, "a"), kKey.fingerprint(1, "b"));
  EXPECT_NE(kKey.fingerprint(1, "a"), make_key(2).fingerprint(1, "a"));
}

// Journals know ids by these numbers; to count them differently forgets all that they remember.
TEST(Batch, TheFingerprintOfAnIdWithoutAScopeStaysWhatItHasAlwaysBeen) {
  EXPECT_EQ(kKey.fingerprint(7, "a"), (Fingerprint{0x076CDF299E1BA351, 0x6B9EA5527650B4BA}));
  EXPECT_EQ(kKey.fingerprint(7, "order-7"), (Fingerprint{0xDF58885220DEE786, 0x8310B8378013E8A3}));
}

TEST(Batch, TheFingerprintOfAnIdDependsOnItsScope) {
  EXPECT_EQ(kKey.fingerprint(1, "a", "/s"), kKey.fingerprint(1, "a", "/s"));
  EXPECT_NE(kKey.fingerprint(1, "a", "/s"), kKey.fingerprint(1, "a"));
  EXPECT_NE(kKey.fingerprint(1, "a", "/s"), kKey.fingerprint(1, "a", "/t"));
  EXPECT_NE(kKey.fingerprint(1, "a", "/s"), kKey.fingerprint(2, "a", "/s"));
  const std::string long_scope(200'000, 's');
  EXPECT_NE(kKey.fingerprint(1, "a", long_scope), kKey.fingerprint(1, "a", long_scope + "t"));
}

TEST(Batch, KeepsTheFingerprintOfAnIdWithAScope) {
  const std::string json = R"({"id":"abc"})";
  BatchBuilder builder(kKey, 10'000);
  builder.start(3, {});
  ASSERT_TRUE(builder.add(json, std::string_view(json).substr(7, 3), {}, "/s"));
  ASSERT_TRUE(builder.add("second", "an-id", std::vector<std::uint32_t>{4}, "/t"));
  ASSERT_TRUE(builder.add("third", "", {}, "/t"));
  ASSERT_TRUE(builder.add("fourth", "own", {}));
  const auto record = record_of(builder.finish());
  const auto view = RecordView::parse(record);
  ASSERT_TRUE(view);
  EXPECT_EQ((*view)[0].json, json);
  EXPECT_EQ((*view)[0].given_id, "abc");
  EXPECT_EQ((*view)[0].scoped_id, kKey.fingerprint(3, "abc", "/s"));
  EXPECT_EQ((*view)[1].json, "second");
  EXPECT_EQ((*view)[1].given_id, "an-id");
  EXPECT_EQ((*view)[1].scoped_id, kKey.fingerprint(3, "an-id", "/t"));
  EXPECT_EQ((*view)[2].json, "third");
  EXPECT_FALSE((*view)[2].scoped_id);
  EXPECT_EQ((*view)[3].given_id, "own");
  EXPECT_FALSE((*view)[3].scoped_id);
}

TEST(Batch, TakesExactlyWhatFits) {
  BatchBuilder builder(kKey, 1000);
  builder.start(1, {});
  std::size_t events = 0;
  while (builder.add("0123456789", "", {})) ++events;
  EXPECT_LE(builder.record_bytes(), 1000U);
  EXPECT_GT(builder.record_bytes(), 1000U - 10 - sizeof(EventEntry) - 8);
  EXPECT_EQ(builder.size(), events);
  EXPECT_EQ(builder.finish().size(), events);
  builder.start(1, {});
  EXPECT_TRUE(builder.is_empty());
  EXPECT_TRUE(builder.add("0123456789", "", {}));
}

TEST(Batch, IsNotMovedWhenItsRoomWasGuessedRight) {
  BatchBuilder builder(kKey, 100'000);
  builder.start(1, {}, 100, 1000);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(builder.add("0123456789", "", {}));
  const Batch batch = builder.finish();
  EXPECT_EQ(batch.entries.capacity(), 100U);
  EXPECT_EQ(batch.data.capacity(), 1000U);
}

TEST(Batch, RefusesNumbersThatWouldOverflow) {
  BatchBuilder builder(kKey, 1000);
  builder.start(1, {});
  const std::vector<std::uint32_t> webhooks(1000);
  EXPECT_FALSE(builder.add("x", "", webhooks));
  EXPECT_FALSE(builder.add(std::string(1001, 'x'), "", {}));
}

TEST(RecordView, LeavesOutWhatComesBefore) {
  const auto record = record_of(small_batch(), 10);
  auto view = *RecordView::parse(record);
  view.drop_before(5);
  EXPECT_EQ(view.size(), 2U);
  view.drop_before(11);
  EXPECT_EQ(view.first(), 11U);
  ASSERT_EQ(view.size(), 1U);
  EXPECT_EQ(view[0].json, "second");
  EXPECT_EQ(view[0].webhooks[0], 4U);
  view.drop_before(100);
  EXPECT_TRUE(view.is_empty());
}

/// The record with one 32-bit number of its header or payload changed.
bool is_read_with(std::size_t offset, std::uint32_t value) {
  auto record = record_of(small_batch());
  std::memcpy(record.data() + offset, &value, sizeof value);
  return RecordView::parse(record).has_value();
}

TEST(RecordView, RefusesPartsThatDoNotFit) {
  const std::size_t entry = sizeof(RecordHeader) + 8;
  EXPECT_TRUE(is_read_with(24, 99));  // the organisation may be any
  EXPECT_FALSE(is_read_with(offsetof(RecordHeader, magic), 1));
  EXPECT_FALSE(is_read_with(offsetof(RecordHeader, events), 1));
  EXPECT_FALSE(is_read_with(offsetof(RecordHeader, events), 0xFFFF'FFFF));
  EXPECT_FALSE(is_read_with(offsetof(RecordHeader, webhooks), 2));
  EXPECT_FALSE(is_read_with(offsetof(RecordHeader, webhooks), 0xFFFF'FFFF));
  EXPECT_FALSE(is_read_with(offsetof(RecordHeader, payload_bytes), 0xFFFF'FFFF));
  EXPECT_FALSE(is_read_with(entry + offsetof(EventEntry, data_end), 6000));
  EXPECT_FALSE(is_read_with(entry + offsetof(EventEntry, webhooks_end), 4));
  EXPECT_FALSE(is_read_with(entry + offsetof(EventEntry, id_offset), 6));
  EXPECT_FALSE(is_read_with(entry + offsetof(EventEntry, id_bytes), 6));
  EXPECT_FALSE(is_read_with(entry + offsetof(EventEntry, id_bytes),
                            std::uint32_t{EventEntry::kFingerprintBehind} << 16U));
}

TEST(RecordView, RefusesARecordThatIsCutShort) {
  const auto record = record_of(small_batch());
  for (std::size_t bytes = 0; bytes + 8 <= record.size(); bytes += 8) {
    EXPECT_FALSE(RecordView::parse(std::span(record).first(bytes)));
  }
}

}  // namespace

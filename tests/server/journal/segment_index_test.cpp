#include "journal/segment_index.hpp"

#include <gtest/gtest.h>

#include "server/journal/simulated_disk.hpp"
#include "support/random.hpp"

namespace {

using namespace sluice::journal;
using sluice::testkit::Random;
using sluice::testkit::SimulatedDisk;

const std::filesystem::path kDirectory = "/journal";
const std::filesystem::path kFile = "/journal/segment-0000000004.ids";

SegmentIndex index_of(std::size_t ids) {
  Random random(ids);
  SegmentIndex index;
  index.number = 4;
  index.segment_crc = 77;
  index.first = 1000;
  index.end = {1000 + ids + 10, 50'000, sluice::base::Time{std::chrono::hours{5}}};
  index.places = {{1000, 4096}, {1100, 70'000}};
  for (std::size_t i = 0; i < ids; ++i) {
    const std::uint64_t high = random.next();
    index.ids.push_back({{high, random.next()}, 1000 + i, false});
  }
  return index;
}

TEST(SegmentIndex, IsReadBack) {
  SimulatedDisk disk;
  SegmentIndex written = index_of(500);
  ASSERT_FALSE(write_index(disk, kDirectory, written));
  const auto read = read_index(disk, kDirectory, 4);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->segment_crc, 77U);
  EXPECT_EQ(read->first, 1000U);
  EXPECT_EQ(read->end.next, 1510U);
  EXPECT_EQ(read->end.offset, 50'000U);
  EXPECT_EQ(read->end.newest_at, written.end.newest_at);
  EXPECT_EQ(read->id_count, 500U);
  ASSERT_EQ(read->places.size(), 2U);
  EXPECT_EQ(read->places[1].first, 1100U);
  EXPECT_EQ(read->places[1].offset, 70'000U);
  const auto ids = read_indexed_ids(disk, kDirectory, 4);
  ASSERT_TRUE(ids);
  EXPECT_EQ(ids->size(), 500U);
  EXPECT_FALSE(read_index(disk, kDirectory, 5));
}

TEST(SegmentIndex, FindsEveryIdAndNoOther) {
  for (const std::size_t count : {0UL, 1UL, 2UL, 255UL, 256UL, 257UL, 20'000UL}) {
    SimulatedDisk disk;
    SegmentIndex index = index_of(count);
    const SegmentIndex given = index;
    ASSERT_FALSE(write_index(disk, kDirectory, index));
    for (std::size_t i = 0; i < count; i += 1 + count / 300)
      ASSERT_EQ(find_in_index(disk, kDirectory, 4, given.ids[i].id), given.ids[i].sequence);
    Random random(99);
    for (int i = 0; i < 200; ++i)
      ASSERT_FALSE(find_in_index(disk, kDirectory, 4, {random.next(), random.next()}));
    EXPECT_FALSE(find_in_index(disk, kDirectory, 4, {0, 0}));
    EXPECT_FALSE(find_in_index(disk, kDirectory, 4, {~std::uint64_t{0}, ~std::uint64_t{0}}));
  }
}

TEST(SegmentIndex, FindsIdsThatAreNotEvenlySpread) {
  SimulatedDisk disk;
  SegmentIndex index = index_of(0);
  for (std::uint64_t i = 0; i < 5000; ++i) index.ids.push_back({{7, i}, 1000 + i, false});
  ASSERT_FALSE(write_index(disk, kDirectory, index));
  for (std::uint64_t i = 0; i < 5000; i += 13)
    ASSERT_EQ(find_in_index(disk, kDirectory, 4, {7, i}), 1000 + i);
  EXPECT_FALSE(find_in_index(disk, kDirectory, 4, {7, 5000}));
}

TEST(SegmentIndex, FindsTheNewestOfEquals) {
  SimulatedDisk disk;
  SegmentIndex index = index_of(300);
  index.ids.push_back({index.ids[10].id, 1305, false});
  const Fingerprint twice = index.ids[10].id;
  ASSERT_FALSE(write_index(disk, kDirectory, index));
  EXPECT_EQ(find_in_index(disk, kDirectory, 4, twice), 1305U);
}

TEST(SegmentIndex, TellsIdsThatMakeNoDuplicate) {
  SimulatedDisk disk;
  SegmentIndex index = index_of(300);
  index.ids[10].is_for_find_only = true;
  const IndexedId marked = index.ids[10];
  ASSERT_FALSE(write_index(disk, kDirectory, index));
  EXPECT_EQ(read_index(disk, kDirectory, 4)->id_count, 299U);
  EXPECT_EQ(find_in_index(disk, kDirectory, 4, marked.id), marked.sequence);
  const auto ids = read_indexed_ids(disk, kDirectory, 4);
  ASSERT_TRUE(ids);
  for (const IndexedId& id : *ids) EXPECT_EQ(id.is_for_find_only, id.id == marked.id);
}

TEST(SegmentIndex, IsReadInTheFormatBefore) {
  SimulatedDisk disk;
  SegmentIndex index = index_of(20);
  ASSERT_FALSE(write_index(disk, kDirectory, index));
  auto content = disk.content(kFile);
  ASSERT_EQ(content[8], std::byte{2});  // which that program does not read
  content[8] = std::byte{1};
  disk.set_content(kFile, std::move(content));
  EXPECT_TRUE(read_index(disk, kDirectory, 4));
  EXPECT_EQ(find_in_index(disk, kDirectory, 4, index.ids[5].id), index.ids[5].sequence);
}

TEST(SegmentIndex, IsNotBelievedWhenAnyByteHasChanged) {
  SimulatedDisk disk;
  SegmentIndex index = index_of(20);
  ASSERT_FALSE(write_index(disk, kDirectory, index));
  const auto content = disk.content(kFile);
  for (std::size_t i = 0; i < content.size(); ++i) {
    auto changed = content;
    changed[i] ^= std::byte{1};
    disk.set_content(kFile, std::move(changed));
    EXPECT_FALSE(read_index(disk, kDirectory, 4) && read_indexed_ids(disk, kDirectory, 4)) << i;
  }
  auto shorter = content;
  shorter.pop_back();
  disk.set_content(kFile, std::move(shorter));
  EXPECT_FALSE(read_index(disk, kDirectory, 4));
}

TEST(SegmentIndex, IsThereAsAWholeOrNotAtAll) {
  SimulatedDisk disk;
  SegmentIndex index = index_of(20);
  disk.set_fault([](sluice::testkit::DiskOperation operation, const auto&) {
    return operation == sluice::testkit::DiskOperation::sync
               ? std::make_error_code(std::errc::io_error)
               : std::error_code{};
  });
  EXPECT_TRUE(write_index(disk, kDirectory, index));
  disk.set_fault(nullptr);
  EXPECT_FALSE(read_index(disk, kDirectory, 4));
  EXPECT_FALSE(write_index(disk, kDirectory, index));
  EXPECT_TRUE(read_index(disk, kDirectory, 4));
}

}  // namespace

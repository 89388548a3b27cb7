#include "journal/crc32c.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "support/random.hpp"

namespace {

using sluice::journal::crc32c;
using sluice::journal::crc32c_by_table;
using sluice::testkit::Random;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::vector<std::byte> random_bytes(Random& random, std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
  return bytes;
}

// Source: RFC 3720, appendix B.4.
TEST(Crc32c, GivesThePublishedValues) {
  EXPECT_EQ(crc32c(0, {}), 0U);
  EXPECT_EQ(crc32c(0, bytes_of("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c(0, std::vector<std::byte>(32, std::byte{0})), 0x8A9136AAU);
  EXPECT_EQ(crc32c(0, std::vector<std::byte>(32, std::byte{0xFF})), 0x62A8AB43U);
}

TEST(Crc32c, IsTheSameWithAndWithoutTheInstruction) {
  Random random(1);
  const std::vector<std::byte> bytes = random_bytes(random, 40'000);
  for (int round = 0; round < 400; ++round) {
    const std::size_t begin = random.below(64);
    const std::size_t size = random.below(bytes.size() - begin);
    const auto part = std::span(bytes).subspan(begin, size);
    const auto before = static_cast<std::uint32_t>(random.next());
    ASSERT_EQ(crc32c(before, part), crc32c_by_table(before, part)) << size;
  }
}

TEST(Crc32c, OfTwoPartsIsThatOfTheWhole) {
  Random random(2);
  const std::vector<std::byte> bytes = random_bytes(random, 10'000);
  const std::uint32_t whole = crc32c(0, bytes);
  for (const std::size_t cut : {0UL, 1UL, 7UL, 3072UL, 3073UL, 9999UL, 10'000UL}) {
    const auto parts = std::span<const std::byte>(bytes);
    EXPECT_EQ(crc32c(crc32c(0, parts.first(cut)), parts.subspan(cut)), whole) << cut;
  }
}

}  // namespace

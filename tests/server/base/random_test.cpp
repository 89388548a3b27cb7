// Random text uses the whole alphabet evenly and never the same bytes twice.
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "tests/server/support/seeded_random.hpp"

namespace sluice::base {
namespace {

TEST(SystemRandom, FillsEveryByteOfAnySize) {
  SystemRandom random;
  for (const std::size_t size : {0U, 1U, 255U, 300U, 70'000U}) {
    std::string seen(size, '\0');  // or-ed over many fills: a byte that is left out stays zero
    std::string bytes(size, '\0');
    for (int i = 0; i < 16; ++i) {
      random.fill(std::as_writable_bytes(std::span(bytes)));
      for (std::size_t at = 0; at < size; ++at) seen[at] = static_cast<char>(seen[at] | bytes[at]);
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), '\0'), 0);
  }
}

TEST(RandomAlphanumeric, HasTheLengthAndTheAlphabet) {
  SystemRandom random;
  for (const std::size_t length : {0U, 1U, 10U, 32U, 64U, 1'000U}) {
    const std::string text = random_alphanumeric(random, length);
    EXPECT_EQ(text.size(), length);
    EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                            [](unsigned char c) { return std::isalnum(c) != 0; }));
  }
  EXPECT_NE(random_alphanumeric(random, 20), random_alphanumeric(random, 20));
}

TEST(RandomAlphanumeric, FavoursNoCharacter) {
  testkit::SeededRandom random{7};
  std::map<char, int> counts;
  constexpr int kPerCharacter = 10'000;
  for (const char c : random_alphanumeric(random, 62 * kPerCharacter)) ++counts[c];
  EXPECT_EQ(counts.size(), 62U);
  // Taking each byte modulo 62 would give eight characters a quarter more than the others.
  for (const auto& [c, count] : counts) EXPECT_NEAR(count, kPerCharacter, 600) << c;
}

}  // namespace
}  // namespace sluice::base

// Names taken apart 16 bytes at a time, held against the grammar's plain reading.
#include "segments.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "support/naive_grammar.hpp"
#include "support/oracle.hpp"
#include "support/random.hpp"

namespace sluice::internal {
namespace {

using testkit::Random;

// The text at `offset` of a buffer that ends with it, so that a byte read beyond is seen by ASan.
class ExactText {
 public:
  ExactText(std::string_view text, std::size_t offset)
      : bytes_(std::make_unique<char[]>(offset + text.size())),
        offset_(offset),
        size_(text.size()) {
    std::memcpy(bytes_.get() + offset, text.data(), text.size());
  }
  std::string_view view() const noexcept { return {bytes_.get() + offset_, size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t offset_;
  std::size_t size_;
};

// Segments of up to 64 bytes, `size` bytes in all; dots fall everywhere.
std::string random_name(Random& random, std::size_t size) {
  std::string text(size, 'x');
  for (char& byte : text) byte = static_cast<char>('a' + random.below(26));
  for (std::size_t at = random.between(1, 60); at + 1 < size; at += random.between(2, 60)) {
    text[at] = '.';
  }
  return text;
}

TEST(Segments, CopiesEveryLengthFromEveryAlignment) {
  Random random{1};
  Segments segments;
  for (std::size_t size = 1; size <= kMaxNameBytes; ++size) {
    for (std::size_t offset = 0; offset < 17; ++offset) {
      const std::string name = random_name(random, size);
      const ExactText text{name, offset};
      ASSERT_TRUE(segments.copy(text.view()));
      ASSERT_EQ(std::string_view(segments.text(), segments.bytes()), name);
    }
  }
}

TEST(Segments, RefusesAnEmptyTextAndOneTooLong) {
  Segments segments;
  EXPECT_FALSE(segments.copy({}));
  EXPECT_FALSE(segments.copy(std::string(kMaxNameBytes + 1, 'x')));
}

// Every length, with whatever the buffer held before behind it.
TEST(Segments, SplitsAsTheGrammarSays) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Random random{seed};
  Segments segments;
  std::size_t good = 0;
  for (int round = 0; round < 40; ++round) {
    for (std::size_t size = 1; size <= kMaxNameBytes; ++size) {
      std::string name = random_name(random, size);
      if (random.is_one_in(3)) name[random.below(size)] = static_cast<char>(random.next());
      ASSERT_TRUE(segments.copy(name));
      const bool is_name = testkit::is_event_name(name);
      ASSERT_EQ(segments.split(), is_name) << name;
      if (is_name) {
        ASSERT_EQ(segments.size(), testkit::split_segments(name).size()) << name;
        ++good;
      }
    }
  }
  EXPECT_GT(good, 2'000U);
}

TEST(Segments, AllowsExactlyTheBytesOfTheGrammar) {
  Segments segments;
  for (std::size_t at = 0; at < 40; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string name(40, 'a');
      name[at] = static_cast<char>(byte);
      ASSERT_TRUE(segments.copy(name));
      ASSERT_EQ(segments.split(), testkit::is_event_name(name)) << at << ' ' << byte;
    }
  }
}

TEST(Segments, KnowsTheLimits) {
  const auto is_split = [](const std::string& name) {
    Segments segments;
    return segments.copy(name) && segments.split();
  };
  const auto joined = [](std::size_t count) {
    std::string name = "s";
    for (std::size_t i = 1; i < count; ++i) name += ".s";
    return name;
  };
  EXPECT_TRUE(is_split(joined(kMaxSegments)));
  EXPECT_FALSE(is_split(joined(kMaxSegments + 1)));
  EXPECT_TRUE(is_split(std::string(kMaxSegmentBytes, 'x')));
  EXPECT_FALSE(is_split(std::string(kMaxSegmentBytes + 1, 'x')));
  EXPECT_FALSE(is_split("a." + std::string(kMaxSegmentBytes + 1, 'x') + ".b"));
}

// Symbols of a pattern or a name over few letters; 10 and up are the literals.
std::vector<Symbol> symbols_of(const std::string& text) {
  std::vector<Symbol> symbols;
  for (const std::string& segment : testkit::split_segments(text)) {
    if (segment == "*") {
      symbols.push_back(kStarSymbol);
    } else if (segment == "**") {
      symbols.push_back(kGlobstarSymbol);
    } else {
      symbols.push_back(10U + static_cast<Symbol>(segment[0] - 'a'));
    }
  }
  return symbols;
}

TEST(Covers, AgreesWithTheOracle) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Random random{seed};
  constexpr std::string_view kTokens[] = {"a", "b", "*", "**"};
  const auto draw = [&](std::size_t most, std::size_t tokens) {
    std::string text{kTokens[random.below(tokens)]};
    for (std::size_t left = random.below(most); left > 0; --left) {
      text.append(".").append(kTokens[random.below(tokens)]);
    }
    return text;
  };
  std::size_t covered = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::string name = draw(8, 2);
    const std::string pattern = draw(8, 4);
    if (pattern == "*") continue;  // put() makes it `**`
    const bool is_covered = covers(symbols_of(pattern), symbols_of(name));
    ASSERT_EQ(is_covered, testkit::covers(pattern, name)) << pattern << " on " << name;
    covered += is_covered ? 1 : 0;
  }
  EXPECT_GT(covered, 10'000U);
}

}  // namespace
}  // namespace sluice::internal

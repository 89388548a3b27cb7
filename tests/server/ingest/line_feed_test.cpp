#include "ingest/line_feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "support/random.hpp"

namespace sluice::ingest {
namespace {

constexpr std::size_t kMaxLine = 20;

/// The lines that a feed gives, with their newlines; "!" for one that is too long.
std::vector<std::string> feed(std::string_view text, std::vector<std::size_t> cuts) {
  LineFeed lines{kMaxLine};
  std::vector<std::string> result;
  cuts.push_back(text.size());
  std::sort(cuts.begin(), cuts.end());
  std::size_t from = 0;
  for (std::size_t i = 0; i != cuts.size(); ++i) {
    std::string piece = std::string(kMaxLine, '?') + std::string{text.substr(from, cuts[i] - from)};
    lines.begin(piece.data() + kMaxLine, cuts[i] - from, i + 1 == cuts.size());
    from = cuts[i];
    std::string_view run;
    for (;;) {
      const LineFeed::Found found = lines.next(run);
      if (found == LineFeed::Found::nothing) break;
      if (found == LineFeed::Found::too_long) result.push_back("!");
      if (found == LineFeed::Found::too_long) continue;
      while (!run.empty()) {
        const std::size_t size = std::min(run.find('\n'), run.size() - 1) + 1;
        result.emplace_back(run.substr(0, size));
        run.remove_prefix(size);
      }
    }
    EXPECT_EQ(lines.next(run), LineFeed::Found::nothing);  // asking again loses nothing
  }
  return result;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, size);
    const bool is_terminated = line.back() == '\n';
    result.emplace_back(line.size() - (is_terminated ? 1 : 0) > kMaxLine ? "!" : line);
    text.remove_prefix(size);
  }
  return result;
}

TEST(LineFeed, GivesWholeLinesAndTheLastOneWithoutItsEnd) {
  EXPECT_EQ(feed("a\n\nb", {}), (std::vector<std::string>{"a\n", "\n", "b"}));
  EXPECT_EQ(feed("abc\nd\n", {1, 2, 5}), (std::vector<std::string>{"abc\n", "d\n"}));
  EXPECT_EQ(feed("", {}), std::vector<std::string>{});
}

TEST(LineFeed, DropsALineThatIsTooLongAndNoOther) {
  const std::string most(kMaxLine, 'x');
  EXPECT_EQ(feed(most + "\n" + most + "x\n" + most, {}),
            (std::vector<std::string>{most + "\n", "!", most}));
  EXPECT_EQ(feed(most + "x", {}), std::vector<std::string>{"!"});
}

TEST(LineFeed, GivesTheSameLinesWhereverThePiecesEnd) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  testkit::Random random{seed};
  for (int i = 0; i != 4'000; ++i) {
    std::string text;
    for (std::size_t n = random.below(8); n != 0; --n) {
      text += std::string(random.is_one_in(3) ? random.below(60) : random.below(6), 'x');
      if (n != 1 || random.is_one_in(2)) text += '\n';
    }
    std::vector<std::size_t> cuts;
    for (std::size_t n = random.below(10); n != 0; --n)
      cuts.push_back(random.below(text.size() + 1));
    ASSERT_EQ(feed(text, cuts), split(text)) << text << testing::PrintToString(cuts);
  }
}

}  // namespace
}  // namespace sluice::ingest

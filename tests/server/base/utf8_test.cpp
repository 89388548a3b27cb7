// What is UTF-8, at the edges of its table.
#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace sluice::base {
namespace {

TEST(Utf8, KnowsTheFirstAndLastCharacterOfEachLength) {
  for (const char* text : {"\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_EQ(utf8_length(text), std::string_view{text}.size()) << repaired_utf8(text);
  EXPECT_EQ(utf8_length(std::string_view{"\0", 1}), 1U);
}

TEST(Utf8, KnowsWhatIsNone) {
  for (const char* text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
                           "\xC2", "\xE2\x82", "\xF0\x9F\x98", "\xE2\x28\xA1"})
    EXPECT_EQ(utf8_length(text), 0U) << repaired_utf8(text);
}

TEST(Utf8, RepairsWhatIsBadAndLeavesTheRest) {
  EXPECT_EQ(repaired_utf8("plain"), "plain");
  EXPECT_EQ(repaired_utf8("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC"), "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC");
  EXPECT_EQ(repaired_utf8("a\xFF\xFE z"), "a?? z");
  EXPECT_EQ(repaired_utf8("cut \xE2\x82"), "cut ??");
  EXPECT_EQ(repaired_utf8("\xED\xA0\x80"), "???");
  EXPECT_EQ(repaired_utf8(""), "");
}

}  // namespace
}  // namespace sluice::base

#include "sluice/pattern.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/vectors.hpp"

namespace sluice {
namespace {

using namespace literals;

std::string repeated(std::string_view segment, std::size_t count) {
  std::string text{segment};
  while (--count > 0) text.append(".").append(segment);
  return text;
}

// Three segments of 63 bytes with their dots, and one of `last` bytes: 192 + last in all.
std::string long_name(std::size_t last) {
  return repeated(std::string(63, 'x'), 3) + '.' + std::string(last, 'y');
}

Error refusal(std::string_view text) { return Pattern::parse(text).error(); }

TEST(Pattern, KeepsItsText) { EXPECT_EQ(Pattern::parse("order.*.**")->text(), "order.*.**"); }

TEST(Pattern, AcceptsEveryByteOfASegment) {
  EXPECT_TRUE(Pattern::parse("ABCDEFGHIJKLMNOPQRSTUVWXYZ.abcdefghijklmnopqrstuvwxyz.0123456789_-"));
}

TEST(Pattern, AcceptsWildcardsInEveryPosition) {
  for (const char* text : {"*", "**", "*.a", "a.*.b", "a.*", "**.a", "a.**.b", "a.**", "**.**"}) {
    EXPECT_TRUE(Pattern::parse(text)) << text;
  }
}

TEST(Pattern, RefusesEveryOtherByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_allowed =
        std::string_view{
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
            "0123456789_-.*"}
            .find(c) != std::string_view::npos;
    if (is_allowed) continue;
    EXPECT_EQ(refusal(std::string{"ab"} + c), (Error{ErrorCode::bad_character, 2})) << byte;
  }
}

TEST(Pattern, RefusesAnEmptyText) { EXPECT_EQ(refusal(""), (Error{ErrorCode::empty_name, 0})); }

TEST(Pattern, RefusesAnEmptySegment) {
  EXPECT_EQ(refusal(".a"), (Error{ErrorCode::empty_segment, 0}));
  EXPECT_EQ(refusal("a..b"), (Error{ErrorCode::empty_segment, 2}));
  EXPECT_EQ(refusal("a."), (Error{ErrorCode::empty_segment, 2}));
}

TEST(Pattern, RefusesAStarInsideASegment) {
  EXPECT_EQ(refusal("a.obj*"), (Error{ErrorCode::wildcard_inside_segment, 5}));
  EXPECT_EQ(refusal("***"), (Error{ErrorCode::wildcard_inside_segment, 0}));
}

TEST(Pattern, HasAtMost16Segments) {
  EXPECT_TRUE(Pattern::parse(repeated("a", 16)));
  EXPECT_EQ(refusal(repeated("a", 17)), (Error{ErrorCode::too_many_segments, 32}));
}

TEST(Pattern, HasSegmentsOfAtMost64Bytes) {
  EXPECT_TRUE(Pattern::parse("a." + std::string(64, 'x')));
  EXPECT_EQ(refusal("a." + std::string(65, 'x')), (Error{ErrorCode::segment_too_long, 66}));
}

TEST(Pattern, HasAtMost255Bytes) {
  EXPECT_EQ(long_name(63).size(), 255U);
  EXPECT_TRUE(Pattern::parse(long_name(63)));
  EXPECT_EQ(refusal(long_name(64)), (Error{ErrorCode::name_too_long, 255}));
}

TEST(Pattern, CoversEverythingByDefault) { EXPECT_EQ(Pattern{}.text(), "**"); }

TEST(Pattern, OfALiteralIsCheckedByTheCompiler) {
  static_assert("order.*"_pattern.text() == "order.*");
  EXPECT_EQ("order.*"_pattern, *Pattern::parse("order.*"));
}

TEST(EventName, HoldsNoWildcard) {
  EXPECT_EQ(check_event_name("a.*"), (Error{ErrorCode::wildcard_in_name, 2}));
  EXPECT_EQ(check_event_name("a.**"), (Error{ErrorCode::wildcard_in_name, 2}));
}

TEST(EventName, HasAtMost16Segments) {
  EXPECT_EQ(check_event_name(repeated("a", 16)), Error{});
  EXPECT_EQ(check_event_name(repeated("a", 17)), (Error{ErrorCode::too_many_segments, 32}));
}

TEST(EventName, HasAtMost255Bytes) {
  EXPECT_EQ(check_event_name(long_name(63)), Error{});
  EXPECT_EQ(check_event_name(long_name(64)), (Error{ErrorCode::name_too_long, 255}));
}

TEST(GrammarVectors, RefusePatternsForTheStatedReason) {
  const auto vectors = testkit::refused_patterns();
  ASSERT_GE(vectors.size(), 20U);
  for (const auto& vector : vectors) {
    EXPECT_EQ(refusal(vector.text), vector.error) << vector.text << ": " << vector.why;
  }
}

TEST(GrammarVectors, RefuseNamesForTheStatedReason) {
  const auto vectors = testkit::refused_names();
  ASSERT_GE(vectors.size(), 20U);
  for (const auto& vector : vectors) {
    EXPECT_EQ(check_event_name(vector.text), vector.error) << vector.text << ": " << vector.why;
  }
}

}  // namespace
}  // namespace sluice

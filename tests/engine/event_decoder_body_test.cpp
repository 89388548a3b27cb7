// EventDecoder::decode_json: one event object or an array of them.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "engine/decode_every_way.hpp"

namespace sluice {
namespace {

using testkit::decode_json;
using testkit::DecodedCopy;

/// The error that rejects the whole body.
Error error_of(std::string_view body) {
  const DecodedCopy decoded = decode_json(body);
  EXPECT_TRUE(decoded.events.empty()) << body;
  EXPECT_EQ(decoded.lines, 1U) << body;
  if (decoded.rejected.size() != 1) {
    ADD_FAILURE() << decoded.rejected.size() << " rejections of " << body;
    return {};
  }
  EXPECT_EQ(decoded.rejected[0].line, 1U) << body;
  return decoded.rejected[0].error;
}

TEST(EventDecoderBody, AcceptsOneObjectOnManyLines) {
  const DecodedCopy decoded = decode_json("\xEF\xBB\xBF \n{\n \"event_type\" :\r\n\t\"a\"\n}\n");
  ASSERT_EQ(decoded.events.size(), 1U);
  EXPECT_EQ(decoded.events[0].name, "a");
  EXPECT_EQ(decoded.events[0].json, "{\n \"event_type\" :\r\n\t\"a\"\n}");
  EXPECT_EQ(decoded.events[0].line, 1U);
  EXPECT_EQ(decoded.lines, 1U);
}

TEST(EventDecoderBody, AcceptsOneObjectAndNothingBehindIt) {
  EXPECT_EQ(decode_json(R"({"event_type":"a"})").events.size(), 1U);
  EXPECT_EQ(error_of("{\"event_type\":\"a\"}\n{\"event_type\":\"b\"}"),
            (Error{ErrorCode::trailing_content, 19}));
}

TEST(EventDecoderBody, NumbersTheElementsOfAnArrayFromOne) {
  const DecodedCopy decoded = decode_json(R"([ {"event_type":"a"} , {"type":"b"} ])");
  ASSERT_EQ(decoded.events.size(), 2U);
  EXPECT_EQ(decoded.events[0].line, 1U);
  EXPECT_EQ(decoded.events[1].line, 2U);
  EXPECT_EQ(decoded.events[1].json, R"({"type":"b"})");
  EXPECT_EQ(decoded.lines, 2U);
}

TEST(EventDecoderBody, AcceptsAnEmptyArray) { EXPECT_EQ(decode_json(" [ ] "), DecodedCopy{}); }

TEST(EventDecoderBody, RejectsAnElementThatIsNoEventAlone) {
  const DecodedCopy decoded =
      decode_json(R"([{"event_type":"a"},7,[{}],{"event_type":5},{"event_type":"b"}])");
  EXPECT_EQ(decoded.events.size(), 2U);
  ASSERT_EQ(decoded.rejected.size(), 3U);
  EXPECT_EQ(decoded.rejected[0], (testkit::RejectionCopy{2, {ErrorCode::not_an_object, 0}}));
  EXPECT_EQ(decoded.rejected[1].line, 3U);
  EXPECT_EQ(decoded.rejected[2],
            (testkit::RejectionCopy{4, {ErrorCode::event_type_not_string, 14}}));
  EXPECT_EQ(decoded.lines, 5U);
}

TEST(EventDecoderBody, RejectsAnElementThatIsTooLargeAlone) {
  const DecodedCopy decoded = decode_json(R"([{"event_type":"a"},{"event_type":"a","b":100}])",
                                          DecoderLimits{.event_bytes = 20});
  EXPECT_EQ(decoded.events.size(), 1U);
  ASSERT_EQ(decoded.rejected.size(), 1U);
  EXPECT_EQ(decoded.rejected[0], (testkit::RejectionCopy{2, {ErrorCode::event_too_large, 20}}));
}

TEST(EventDecoderBody, RejectsAllOfABodyThatIsNoJson) {
  EXPECT_EQ(error_of(""), (Error{ErrorCode::unterminated_event, 0}));
  EXPECT_EQ(error_of(" \n"), (Error{ErrorCode::unterminated_event, 2}));
  EXPECT_EQ(error_of(R"({"event_type":"a"} x)"), (Error{ErrorCode::trailing_content, 19}));
  EXPECT_EQ(error_of(R"([{"event_type":"a"},])"), (Error{ErrorCode::invalid_json, 20}));
  EXPECT_EQ(error_of(R"([{"event_type":"a"} 1])"), (Error{ErrorCode::invalid_json, 20}));
  EXPECT_EQ(error_of(R"([{"event_type":"a"})"), (Error{ErrorCode::unterminated_event, 19}));
  EXPECT_EQ(error_of(R"([{"event_type":"a"},)"), (Error{ErrorCode::unterminated_event, 20}));
  EXPECT_EQ(error_of(R"([{"event_type":"a"}]])"), (Error{ErrorCode::trailing_content, 20}));
  EXPECT_EQ(error_of("[{\"event_type\":\"a\",\"b\":\"\xFF\"}]"),
            (Error{ErrorCode::invalid_utf8, 24}));
  EXPECT_EQ(error_of("["), (Error{ErrorCode::unterminated_event, 1}));
  EXPECT_EQ(error_of("7"), (Error{ErrorCode::not_an_object, 0}));
}

TEST(EventDecoderBody, CountsDepthFromTheEvent) {
  const DecoderLimits limits{.depth = 2};
  EXPECT_EQ(decode_json(R"([{"event_type":"a","b":{}}])", limits).events.size(), 1U);
  const DecodedCopy decoded = decode_json(R"([{"event_type":"a","b":{"c":[]}}])", limits);
  ASSERT_EQ(decoded.rejected.size(), 1U);
  EXPECT_EQ(decoded.rejected[0].error.code, ErrorCode::nested_too_deeply);
}

}  // namespace
}  // namespace sluice

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/decode_every_way.hpp"
#include "sluice/event.hpp"
#include "sluice/pattern.hpp"

namespace sluice {
namespace {

using testkit::decode_lines;
using testkit::DecodedCopy;

constexpr std::string_view kGood = R"({"event_type":"a.b"})";

/// The error of the only line, at its offset.
Error error_of(std::string_view line, DecoderLimits limits = {}) {
  const DecodedCopy decoded = decode_lines(std::string{line} + "\n", limits);
  EXPECT_TRUE(decoded.events.empty()) << line;
  if (decoded.rejected.size() != 1) {
    ADD_FAILURE() << decoded.rejected.size() << " rejections of " << line;
    return {};
  }
  EXPECT_EQ(decoded.rejected[0].line, 1U);
  return decoded.rejected[0].error;
}

/// The name of the only event, and its organization after a slash.
std::string fields_of(std::string_view line) {
  const DecodedCopy decoded = decode_lines(std::string{line} + "\n");
  if (decoded.events.size() != 1) return "no event";
  return decoded.events[0].name + "/" + decoded.events[0].organization;
}

std::string nested(std::size_t depth, std::string_view open, std::string_view close) {
  std::string json = R"({"event_type":"a","in":)";
  for (std::size_t i = 1; i < depth; ++i) json += open;
  json += "0";
  for (std::size_t i = 1; i < depth; ++i) json += close;
  return json + "}";
}

TEST(EventDecoder, GivesNameOrganizationBytesAndLineOfEachEvent) {
  const DecodedCopy decoded = decode_lines(
      "{\"event_type\":\"a.b\",\"organization\":\"o1\"}\n  {\"x\":[1],\"event_type\":\"c\"} \r\n");
  ASSERT_EQ(decoded.events.size(), 2U);
  EXPECT_EQ(decoded.events[0].name, "a.b");
  EXPECT_EQ(decoded.events[0].organization, "o1");
  EXPECT_EQ(decoded.events[0].json, R"({"event_type":"a.b","organization":"o1"})");
  EXPECT_EQ(decoded.events[0].line, 1U);
  EXPECT_EQ(decoded.events[1].json, R"({"x":[1],"event_type":"c"})");
  EXPECT_EQ(decoded.events[1].organization, "");
  EXPECT_EQ(decoded.events[1].line, 2U);
  EXPECT_EQ(decoded.lines, 2U);
}

TEST(EventDecoder, CountsLinesFromTheNumberGiven) {
  const DecodedCopy decoded = decode_lines(std::string{kGood} + "\n{\n", {}, 41);
  ASSERT_EQ(decoded.events.size(), 1U);
  EXPECT_EQ(decoded.events[0].line, 41U);
  ASSERT_EQ(decoded.rejected.size(), 1U);
  EXPECT_EQ(decoded.rejected[0].line, 42U);
}

TEST(EventDecoder, PointsIntoTheInputAlsoForAnUnterminatedLine) {
  const testkit::PaddedText text{kGood};
  EventDecoder decoder;
  const DecodedEvents decoded = decoder.decode_lines(text.view());
  ASSERT_EQ(decoded.events.size(), 1U);
  EXPECT_EQ(decoded.events[0].json.data(), text.view().data());
}

TEST(EventDecoder, SkipsAndCountsBlankLines) {
  const DecodedCopy decoded = decode_lines("\n \t\r\n" + std::string{kGood} + "\n\r\n\n  ");
  EXPECT_EQ(decoded.events.size(), 1U);
  EXPECT_EQ(decoded.events[0].line, 3U);
  EXPECT_TRUE(decoded.rejected.empty());
  EXPECT_EQ(decoded.lines, 6U);
}

TEST(EventDecoder, FindsNothingInNothing) { EXPECT_EQ(decode_lines(""), DecodedCopy{}); }

TEST(EventDecoder, AcceptsAWholeLastLineWithoutItsEnd) {
  const DecodedCopy decoded = decode_lines("\n" + std::string{kGood});
  ASSERT_EQ(decoded.events.size(), 1U);
  EXPECT_EQ(decoded.events[0].json, kGood);
  EXPECT_EQ(decoded.lines, 2U);
}

TEST(EventDecoder, RejectsALastLineThatIsCutAnywhere) {
  const std::string line = R"({"event_type":"a","n":[-1.5e+3,true,"\u00e9\n)"
                           "\xC3\xA9\"],\"o\":{}}";
  for (std::size_t size = 1; size < line.size(); ++size) {
    const DecodedCopy decoded = decode_lines(line.substr(0, size));
    ASSERT_EQ(decoded.rejected.size(), 1U) << line.substr(0, size);
    EXPECT_EQ(decoded.rejected[0].error, (Error{ErrorCode::unterminated_event, size}));
  }
}

TEST(EventDecoder, RejectsALineThatEndsBeforeItsEvent) {
  EXPECT_EQ(error_of(R"({"event_type":"a")"), (Error{ErrorCode::unterminated_event, 17}));
  EXPECT_EQ(error_of(R"({"event_type":"a)"), (Error{ErrorCode::unterminated_event, 16}));
}

TEST(EventDecoder, SkipsAByteOrderMarkBeforeTheFirstLineAlone) {
  const std::string marked = "\xEF\xBB\xBF" + std::string{kGood} + "\n";
  EXPECT_EQ(decode_lines(marked).events.size(), 1U);
  EXPECT_EQ(decode_lines(marked, {}, 2).rejected.size(), 1U);
  EXPECT_EQ(decode_lines("\n" + marked).rejected.size(), 1U);
}

TEST(EventDecoder, RejectsABadLineAndNoOtherWhateverItHolds) {
  const std::vector<std::string> bad_lines = {
      R"({"event_type":"a)",  // an unbalanced quote
      R"({"event_type":"a"x"})",
      R"({"event_type":"a","b":"\)",
      std::string("{\"event_type\":\"a\",\"b\":\0}", 24),
      std::string("{\"event_type\":\"a\0\"}", 19),
      "{\"event_type\":\"a\",\"b\":\"\xFF\"}",
      "{\"event_type\":\"a\",\"b\":\"\x01\"}",
      R"({"event_type":"a","b":tru})",
      R"({"event_type":"a","b":012})",
      R"({"event_type":"a","b":1 "c":2})",
      R"({"event_type":"a","b":"\ud800"})",
      R"({"event_type":"a"}{"event_type":"a"})",
      R"({"event_type":"a"} {"event_type":"a"})",
      R"({"event_type":"a")",
      R"({"event_type":"a"}})",
      R"({"event_type":"a"}},"b":{"c":{"d":1})",
      R"(]]]]}}}})",
      R"("event_type")",
      nested(1025, "[", "]"),
      nested(70, "[", "}"),
      R"({"event_type":"a","b":")" + std::string(300'000, 'x') + R"("})",
  };
  for (const std::string& bad : bad_lines) {
    std::string text;
    for (int i = 0; i < 3; ++i) text += std::string{kGood} + "\n" + bad + "\n";
    const DecodedCopy decoded = decode_lines(text + std::string{kGood} + "\n");
    EXPECT_EQ(decoded.events.size(), 4U) << bad.substr(0, 100);
    ASSERT_EQ(decoded.rejected.size(), 3U) << bad.substr(0, 100);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(decoded.rejected[i].line, 2 * i + 2);
  }
}

TEST(EventDecoder, NamesWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of(R"({"a":tru})"), (Error{ErrorCode::invalid_json, 8}));
  EXPECT_EQ(error_of(R"({"a":012})"), (Error{ErrorCode::invalid_json, 6}));
  EXPECT_EQ(error_of(R"({"a":1 "b":2})"), (Error{ErrorCode::invalid_json, 7}));
  EXPECT_EQ(error_of(R"({"a":"\x"})"), (Error{ErrorCode::invalid_json, 7}));
  EXPECT_EQ(error_of(R"({"a":1,})"), (Error{ErrorCode::invalid_json, 7}));
  EXPECT_EQ(error_of(R"({"a":[1,]})"), (Error{ErrorCode::invalid_json, 8}));
  EXPECT_EQ(error_of(R"({"a":[1}})"), (Error{ErrorCode::invalid_json, 7}));
  EXPECT_EQ(error_of(R"({1:2})"), (Error{ErrorCode::invalid_json, 1}));
  EXPECT_EQ(error_of("{\"a\":\"b\tc\"}"), (Error{ErrorCode::control_character, 7}));
  EXPECT_EQ(error_of("{\"a\tb\":1}"), (Error{ErrorCode::control_character, 3}));
  EXPECT_EQ(error_of(" {\"a\":\"\xC3(\"}"), (Error{ErrorCode::invalid_utf8, 7}));
  EXPECT_EQ(error_of("{\"a\":\"\xED\xA0\x80\"}"), (Error{ErrorCode::invalid_utf8, 6}));
  EXPECT_EQ(error_of("{\"a\":1} \xC3\xA9"), (Error{ErrorCode::trailing_content, 8}));
  EXPECT_EQ(error_of(R"({"a":1}{"a":1})"), (Error{ErrorCode::trailing_content, 7}));
  EXPECT_EQ(error_of(R"( [{"event_type":"a"}])"), (Error{ErrorCode::not_an_object, 1}));
  EXPECT_EQ(error_of("12"), (Error{ErrorCode::not_an_object, 0}));
  EXPECT_EQ(error_of("hello"), (Error{ErrorCode::invalid_json, 0}));
}

TEST(EventDecoder, ReportsTheEarlierOfTwoFaults) {
  EXPECT_EQ(error_of("{\"a\":\"\xFF\",}").code, ErrorCode::invalid_utf8);
  EXPECT_EQ(error_of("{\"a\":,\"\xFF\"}").code, ErrorCode::invalid_json);
}

TEST(EventDecoder, LimitsTheBytesOfAnEventWithoutTheBlanksAroundIt) {
  const DecoderLimits limits{.event_bytes = kGood.size(), .depth = 8};
  EXPECT_EQ(decode_lines("   " + std::string{kGood} + "  \r\n", limits).events.size(), 1U);
  EXPECT_EQ(error_of(" {\"event_type\":\"a.bc\"}", limits),
            (Error{ErrorCode::event_too_large, 1 + kGood.size()}));
}

TEST(EventDecoder, LimitsTheDepthOfAnEvent) {
  for (const std::size_t depth : {1U, 2U, 3U, 63U, 64U, 65U, 200U, 1024U}) {
    for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{\"k\":", "}"}}) {
      const DecoderLimits limits{.depth = depth};
      EXPECT_EQ(decode_lines(nested(depth, open, close) + "\n", limits).events.size(), 1U) << depth;
      EXPECT_EQ(error_of(nested(depth + 1, open, close), limits).code,
                ErrorCode::nested_too_deeply);
    }
  }
}

TEST(EventDecoder, TakesTheNameFromEventTypeElseFromType) {
  EXPECT_EQ(fields_of(R"({"type":"t","event_type":"e"})"), "e/");
  EXPECT_EQ(fields_of(R"({"type":"t"})"), "t/");
  EXPECT_EQ(fields_of(R"({"type":5,"event_type":"e"})"), "e/");
  EXPECT_EQ(error_of(R"({"event_type":5,"type":"t"})"),
            (Error{ErrorCode::event_type_not_string, 14}));
  EXPECT_EQ(error_of(R"({"event_type":null})").code, ErrorCode::event_type_not_string);
  EXPECT_EQ(error_of(R"({"type":{}})").code, ErrorCode::event_type_not_string);
  EXPECT_EQ(error_of(R"( {"event_typ":"a"})"), (Error{ErrorCode::missing_event_type, 1}));
  EXPECT_EQ(error_of("{}").code, ErrorCode::missing_event_type);
}

TEST(EventDecoder, LooksAtTheTopLevelAlone) {
  EXPECT_EQ(fields_of(R"({"in":{"event_type":"no","organization":"no"},"event_type":"e"})"), "e/");
  EXPECT_EQ(fields_of(R"({"event_type":"e","in":[{"organization":"no"}]})"), "e/");
  EXPECT_EQ(fields_of(R"({"in":["organization","no","type"],"event_type":"e"})"), "e/");
  EXPECT_EQ(error_of(R"({"in":{"event_type":"no"}})").code, ErrorCode::missing_event_type);
}

TEST(EventDecoder, TakesTheFirstOfDuplicateKeys) {
  EXPECT_EQ(fields_of(R"({"event_type":"a","event_type":"b"})"), "a/");
  EXPECT_EQ(fields_of(R"({"event_type":"a","organization":"o","organization":7})"), "a/o");
  EXPECT_EQ(error_of(R"({"event_type":7,"event_type":"b"})").code,
            ErrorCode::event_type_not_string);
}

TEST(EventDecoder, TakesANullOrganizationForNone) {
  EXPECT_EQ(fields_of(R"({"event_type":"a","organization":null})"), "a/");
  EXPECT_EQ(fields_of(R"({"event_type":"a","organization":null,"organization":"o"})"), "a/");
  EXPECT_EQ(error_of(R"({"event_type":"a","organization":5})"),
            (Error{ErrorCode::organization_not_string, 33}));
}

TEST(EventDecoder, ReadsKeysAndValuesUnescaped) {
  EXPECT_EQ(fields_of(R"({"event\u005ftype":"a\u002eb"})"), "a.b/");
  EXPECT_EQ(fields_of(R"({"\u0065vent_type":"a","event_type":"b"})"), "a/");
  EXPECT_EQ(
      fields_of(R"({"event_type":"a","organization":"\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00"})"),
      "a/\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(fields_of(R"({"in":{"\u006frganization":"no"},"event_type":"a"})"), "a/");
}

TEST(EventDecoder, KeepsUnescapedTextsOfAllLinesUntilTheNextDecode) {
  std::string text;
  for (int i = 0; i < 500; ++i) {
    const std::string number = std::to_string(i);
    text += R"({"event_type":"\u0061.)" + number + R"(","organization":"\u006f)" + number + "\"}\n";
  }
  const DecodedCopy decoded = decode_lines(text);
  ASSERT_EQ(decoded.events.size(), 500U);
  for (std::size_t i = 0; i < 500; ++i) {
    EXPECT_EQ(decoded.events[i].name, "a." + std::to_string(i));
    EXPECT_EQ(decoded.events[i].organization, "o" + std::to_string(i));
  }
}

TEST(EventDecoder, RefusesNamesThatAreNotWellFormed) {
  EXPECT_EQ(error_of(R"({"event_type":""})"), (Error{ErrorCode::empty_name, 15}));
  EXPECT_EQ(error_of(R"({"event_type":"a..b"})"), (Error{ErrorCode::empty_segment, 17}));
  EXPECT_EQ(error_of(R"({"event_type":".a"})").code, ErrorCode::empty_segment);
  EXPECT_EQ(error_of(R"({"event_type":"a."})").code, ErrorCode::empty_segment);
  EXPECT_EQ(error_of(R"({"event_type":"a b"})").code, ErrorCode::bad_character);
  EXPECT_EQ(error_of(R"({"event_type":"a.*"})").code, ErrorCode::wildcard_in_name);
  EXPECT_EQ(error_of(R"({"event_type":"1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17"})").code,
            ErrorCode::too_many_segments);
  EXPECT_EQ(error_of(R"({"event_type":")" + std::string(65, 'a') + R"("})").code,
            ErrorCode::segment_too_long);
  EXPECT_EQ(fields_of(R"({"event_type":"1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6"})"),
            "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6/");
}

TEST(EventDecoder, TellsEveryByteOfANameApartAsTheGrammarDoes) {
  for (int byte = 0x20; byte < 0x7F; ++byte) {
    const char c = static_cast<char>(byte);
    if (c == '"' || c == '\\') continue;
    const std::string name = std::string("a") + c + "b";
    const DecodedCopy decoded = decode_lines(R"({"event_type":")" + name + "\"}\n");
    EXPECT_EQ(decoded.events.size() == 1, check_event_name(name).code == ErrorCode::none) << name;
  }
}

TEST(EventDecoder, JudgesEachOfManyLinesOfOneShape) {
  const std::string good = "{\"event_type\":\"a.b\",\"n\":1,\"o\":{\"organization\":[2]}}\n";
  const std::string_view others[] = {
      "{\"event_type\":\"c.d\",\"n\":false,\"o\":{\"organization\":[-2.5]}}\n",
      "{\"event_type\":\"e.f\",\"n\":01,\"o\":{\"organization\":[2]}}\n",
      "{\"other_type\":\"a.b\",\"n\":1,\"o\":{\"organization\":[2]}}\n",
      "{\"event\\u005ftype\":\"g.h\",\"n\":1,\"o\":{\"event_type\":[2]}}\n",
      "{\"event_type\":\"i.j\",\"n\":1,\"o\":[\"organization\":[2]]}\n",
      "{\"event_type\":\"k.l\",\"n\":1,\"o\":{\"organization\":[2}]}\n",
      "{\"event_type\":\"m.n\",\"n\":1,\"o\":{\"organization\":{2]}}\n",
  };
  std::string text;
  for (int i = 0; i < 100; ++i) {  // so that lines lie across any window
    for (const std::string_view other : others) (text += good) += other;
  }
  const testkit::DecodedCopy answer = testkit::decode_lines(text);
  ASSERT_EQ(answer.events.size(), 900U);
  EXPECT_EQ(answer.rejected.size(), 500U);
  EXPECT_EQ(answer.events[892].name, "c.d");
  EXPECT_EQ(answer.events[896].name, "g.h");
  EXPECT_EQ(answer.events[899].name, "a.b");
}

TEST(EventDecoder, FindsAFaultFarFromTheEndOfItsLine) {
  const auto line = [](std::string_view first) {
    std::string json = "{\"event_type\":\"a.b\",\"n\":[" + std::string{first};
    for (int i = 0; i < 20'000; ++i) json += ",\"x\"";
    return json + "]}\n";
  };
  EXPECT_EQ(testkit::decode_lines(line("1") + line("1")).events.size(), 2U);
  EXPECT_EQ(testkit::decode_lines(line("1x")).rejected.size(), 1U);
  EXPECT_EQ(testkit::decode_lines(line("]")).rejected.size(), 1U);
  EXPECT_EQ(testkit::decode_lines(line("\"\xFF\"")).rejected.size(), 1U);
}

}  // namespace
}  // namespace sluice

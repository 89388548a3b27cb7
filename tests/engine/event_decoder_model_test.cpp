// The decoder against simdjson's DOM, line by line, on events that are damaged at random; and the
// ways to decode against each other, on the same inputs.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/decode_every_way.hpp"
#include "engine/dom_reference.hpp"
#include "support/random.hpp"

namespace sluice {
namespace {

using testkit::DecodedCopy;
using testkit::Random;

constexpr std::string_view kKeys[] = {
    "event_type", "type",       "organization", "id",       "event\\u005ftype", "",
    "a\\\"b",     "subject",    "time",         "event_id", "occurred_at",      "source",
    "i\\u0064",   "specversion"};
constexpr std::string_view kLeaves[] = {"0",
                                        "-1",
                                        "12.5",
                                        "1e9",
                                        "-0.0E-7",
                                        "123456789012345678901234567890",
                                        "1e999",
                                        "18446744073709551615",
                                        "true",
                                        "false",
                                        "null",
                                        "\"\"",
                                        "\"a.b\"",
                                        "\"x\\\\\"",
                                        "\"\\u00e9\"",
                                        "\"\\ud83d\\ude00\"",
                                        "\"\xC3\xA9\xE2\x82\xAC\"",
                                        "\"a\\nb\"",
                                        "\"{[,:]}\"",
                                        "\"object.created\"",
                                        "\"5f0c29b4-8a51-4c7a-9a94-2f3d0e6b7a10\"",
                                        "\"2026-11-24T13:35:56.123456Z\"",
                                        "\"a\x7F\"",
                                        "\"\\u0061\""};
constexpr char kBlanks[] = {' ', '\t', '\r'};
// What damage is made of: bytes that mean something to some rule.
constexpr std::string_view kDamage[] = {"\"",
                                        "\\",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        ",",
                                        ":",
                                        " ",
                                        "\t",
                                        "\r",
                                        "\n",
                                        "0",
                                        "-",
                                        ".",
                                        "e",
                                        "t",
                                        "u",
                                        "\\u",
                                        "\\ud800",
                                        "\\udc00",
                                        "\x01",
                                        "\x7F",
                                        "\xC3",
                                        "\xA9",
                                        "\xED\xA0\x80",
                                        "\xF0\x9F\x98\x80",
                                        "\xFF",
                                        "tru",
                                        "null",
                                        "//",
                                        "{}",
                                        "[]",
                                        "\"event_type\":",
                                        "\"type\"",
                                        "\xEF\xBB\xBF"};

template <class T, std::size_t N>
T pick(Random& random, const T (&choices)[N]) {
  return random.pick(std::span<const T>{choices});
}

std::string blanks(Random& random) {
  return random.is_one_in(8) ? std::string(random.below(70), pick(random, kBlanks)) : "";
}

std::string value(Random& random, std::size_t depth);

std::string object(Random& random, std::size_t depth) {
  std::string json = "{";
  for (std::size_t i = random.below(6); i != 0; --i) {
    json += blanks(random) + '"' + std::string{pick(random, kKeys)} + '"' + blanks(random) + ':' +
            value(random, depth + 1) + (i == 1 ? "" : ",");
  }
  return json + blanks(random) + '}';
}

std::string array(Random& random, std::size_t depth) {
  std::string json = "[";
  for (std::size_t i = random.below(6); i != 0; --i)
    json += value(random, depth + 1) + (i == 1 ? "" : ",");
  return json + ']';
}

std::string value(Random& random, std::size_t depth) {
  const std::size_t kind = random.below(10);
  std::string json = blanks(random);
  if (depth < 6 && kind == 0) return json + object(random, depth);
  if (depth < 6 && kind == 1) return json + array(random, depth);
  if (kind == 2) return json + '"' + std::string(random.below(150), 'x') + '"';
  return json + std::string{pick(random, kLeaves)} + blanks(random);
}

std::string event(Random& random) {
  std::string json = object(random, 0);
  if (random.is_one_in(3)) return json;
  const std::string key = random.is_one_in(3) ? "type" : "event_type";
  json.insert(1, '"' + key + "\":\"a.b\"" + (json == "{}" ? "" : ","));
  return json;
}

void damage(Random& random, std::string& line) {
  const std::size_t at = random.below(line.size() + 1);
  switch (random.below(3)) {
    case 0: line.insert(at, pick(random, kDamage)); break;
    case 1: line.erase(at, random.between(1, 3)); break;
    default: line.replace(at, at == line.size() ? 0 : 1, pick(random, kDamage)); break;
  }
}

std::string text(Random& random) {
  std::string lines;
  for (std::size_t i = random.between(1, 8); i != 0; --i) {
    std::string line = event(random);
    for (std::size_t n = random.is_one_in(2) ? random.between(1, 3) : 0; n != 0; --n)
      damage(random, line);
    lines += line;
    if (i != 1 || random.is_one_in(2)) lines += '\n';
  }
  return lines;
}

/// Of the errors only the lines count: DOM has its own names for them.
DecodedCopy without_errors(DecodedCopy answer) {
  for (testkit::RejectionCopy& rejection : answer.rejected) rejection.error = {};
  return answer;
}

class EventDecoderModel : public testing::TestWithParam<EventFields> {};

INSTANTIATE_TEST_SUITE_P(Fields, EventDecoderModel,
                         testing::Values(EventFields::matching, EventFields::ingest),
                         [](const auto& instance) {
                           return instance.param == EventFields::ingest ? "ingest" : "matching";
                         });

TEST_P(EventDecoderModel, AcceptsWhatDomAccepts) {
  const EventFields fields = GetParam();
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Random random{seed};
  const DecoderLimits limits{.event_bytes = 1000, .depth = 5};
  testkit::DomReference reference{limits, fields};
  std::size_t events = 0;
  std::size_t rejected = 0;
  for (int i = 0; i < 15'000 && !testing::Test::HasFailure(); ++i) {
    const std::string lines = text(random);
    const DecodedCopy answer = testkit::decode_lines(lines, limits, 1, fields);
    ASSERT_EQ(without_errors(answer), reference.lines(lines)) << lines;
    events += answer.events.size();
    rejected += answer.rejected.size();
  }
  EXPECT_GT(events, 5'000U);  // neither side is empty: the model has seen both
  EXPECT_GT(rejected, 5'000U);
}

/// Every sequence of tokens, blanks among them, of up to `longest`.
std::vector<std::string> sequences(unsigned longest) {
  constexpr std::string_view kTokens[] = {"{", "}", "[", "]", ",", ":", "\"a\"", "1", " "};
  std::vector<std::string> all{""};
  std::size_t begin = 0;
  for (unsigned length = 1; length <= longest; ++length) {
    const std::size_t end = all.size();
    for (std::size_t i = begin; i < end; ++i)
      for (const std::string_view token : kTokens) all.push_back(all[i] + std::string{token});
    begin = end;
  }
  return all;
}

TEST_P(EventDecoderModel, AcceptsOfEveryShortSequenceOfTokensWhatDomAccepts) {
  const EventFields fields = GetParam();
  testkit::DomReference reference{DecoderLimits{}, fields};
  const std::string string = '"' + std::string(150, 'x') + '"';
  // Behind an event, in an object, in an array; and where a block of 64 bytes stays inside one.
  const std::pair<std::string, std::string> places[] = {
      {R"({"type":"a"})", ""},
      {R"({"type":"a")", "}"},
      {R"({"type":"a","b":[)", "]}"},
      {R"({"type":"a","b":)" + string, R"(,"c":)" + string + '}'},
      {R"({"type":"a","b":[)" + string, ',' + string + "]}"}};
  std::size_t events = 0;
  std::size_t rejected = 0;
  for (const std::string& sequence : sequences(4)) {
    for (const auto& [before, behind] : places) {
      const std::string line = before + sequence + behind;
      // Between lines, and as a last one that nothing ends.
      const std::string lines = line + '\n' + before + behind + '\n' + line;
      const DecodedCopy answer = testkit::decode_lines(lines, {}, 1, fields);
      ASSERT_EQ(without_errors(answer), reference.lines(lines)) << line;
      events += answer.events.size();
      rejected += answer.rejected.size();
    }
  }
  EXPECT_GT(events, 50U);
  EXPECT_GT(rejected, 30'000U);
}

TEST_P(EventDecoderModel, TreatsABodyAsDomDoes) {
  const EventFields fields = GetParam();
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Random random{seed};
  const DecoderLimits limits{.depth = 5};
  testkit::DomReference reference{limits, fields};
  std::size_t events = 0;
  for (int i = 0; i < 8'000; ++i) {
    std::string body = "[";
    for (std::size_t n = random.below(5); n != 0; --n) body += event(random) + (n == 1 ? "" : ",");
    body += ']';
    if (random.is_one_in(3)) damage(random, body);
    DecodedCopy answer = without_errors(testkit::decode_json(body, limits, fields));
    events += answer.events.size();
    DecodedCopy expected = reference.body(body);
    for (DecodedCopy* each : {&answer, &expected}) {  // DOM does not know an element's own bytes
      for (testkit::EventCopy& copy : each->events) copy.json.clear();
    }
    ASSERT_EQ(answer, expected) << body;
  }
  EXPECT_GT(events, 1'000U);
}

constexpr std::clock_t kGrain = CLOCKS_PER_SEC / 1'000;  // shorter times are noise

/// Processor time to decode `text`, the best of five: time that other programs took does not count.
std::clock_t decode_time(const std::string& text) {
  const testkit::PaddedText padded{text};
  EventDecoder decoder;
  std::clock_t best = std::numeric_limits<std::clock_t>::max();
  for (int i = 0; i < 5; ++i) {
    const std::clock_t start = std::clock();
    EXPECT_TRUE(decoder.decode_lines(padded.view()).events.empty());
    best = std::min(best, std::clock() - start);
  }
  return best;
}

TEST(EventDecoderTime, StaysLinearWhenEveryLineIsBad) {
  for (const std::string_view bad :
       {"\"", "{\"", "x", "{}", "[1", "{\"a\":\"\\", "\xFF", "{\"a\":1"}) {
    std::string lines;
    while (lines.size() < (std::size_t{1} << 14U)) lines += std::string{bad} + '\n';
    std::string many;
    for (int i = 0; i < 16; ++i) many += lines;
    // Sixteen times the input: linear is 16, quadratic 256.
    EXPECT_LT(decode_time(many), 64 * decode_time(lines) + kGrain) << bad;
  }
}

// A few KiB of gzip unfold to millions of them.
TEST(EventDecoderTime, IsNotLongerForBlankLinesThanForBlanks) {
  constexpr std::size_t kBytes = std::size_t{1} << 21U;
  const std::clock_t of_blanks = decode_time(std::string(kBytes - 1, ' ') + '\n');
  for (const std::string_view blank : {"\n", "\r\n", "  \t\n"}) {
    std::string lines;
    while (lines.size() < kBytes) lines += blank;
    EXPECT_LT(decode_time(lines), 8 * of_blanks + 10 * kGrain) << blank.size();
  }
}

}  // namespace
}  // namespace sluice

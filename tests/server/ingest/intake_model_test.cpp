// The same body must have the same result wherever its pieces end and whatever the sizes of chunks:
// the oracle is the body in one piece. And an array must have the result that its elements have as
// lines.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "server/ingest/gzip_text.hpp"
#include "server/ingest/intake_rig.hpp"
#include "support/random.hpp"

namespace sluice::ingest {
namespace {

using testkit::Body;
using testkit::IntakeRig;
using testkit::KeptEvent;
using testkit::Random;

constexpr std::string_view kItems[] = {
    R"({"event_type":"a"})",
    R"({"event_type":"a.b","event_id":"e1"})",
    R"({"event_type":"b","event_id":"e2","metadata":{"x":[1,{"y":"},]"}]}})",
    R"({"event_type":"b","occurred_at":"2026-11-24T13:35:56Z"})",
    R"({"event_type":"b","occurred_at":"2026-11-24"})",
    R"({"specversion":"1.0","type":"a","source":"/s","id":"c1"})",
    R"({"specversion":"1.0","type":"a","id":"c1"})",
    R"({"event_type":"a","pad":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})",
    R"({"event_type":7})",
    R"({"event_type":"a")",
    R"({"event_type":"a"}})",
    R"({"event_type":"\u0061\"})",
    R"({"event_type":"a"x})",
    R"(["a",{}])",
    R"(tru)",
    R"("a)",
    "",
    " ",
    "\xC3",
};

/// An event of more bytes than any may have.
std::string large(std::size_t bytes) {
  return R"({"event_type":"a","pad":")" + std::string(bytes, 'x') + "\"}";
}

std::vector<std::string> items(Random& random) {
  std::vector<std::string> result(random.below(12));
  for (std::string& item : result) {
    // Most are good.
    item = random.pick(std::span<const std::string_view>{kItems, random.is_one_in(2) ? 4U : 19U});
    if (random.is_one_in(20)) item = large(random.between(150, 6'000));
  }
  return result;
}

std::string joined(Random& random, const std::vector<std::string>& items,
                   std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i != items.size(); ++i) {
    text += items[i];
    if (i + 1 != items.size()) text += separator;
    if (random.is_one_in(4)) text += random.is_one_in(2) ? " " : "\r";
  }
  return text;
}

Body body(Random& random) {
  static constexpr std::string_view kTypes[] = {"application/json", "application/x-ndjson",
                                                "application/cloudevents+json",
                                                "application/cloudevents-batch+json"};
  Body result{.content_type = std::string{random.pick(std::span<const std::string_view>{kTypes})}};
  if (result.content_type == kTypes[1]) {
    result.text = joined(random, items(random), random.is_one_in(3) ? "\r\n" : "\n");
    if (random.is_one_in(2)) result.text += '\n';
  } else if (random.is_one_in(4)) {
    result.text = "\n" + joined(random, items(random), "\n");
  } else {
    result.text = "[" + joined(random, items(random), random.is_one_in(2) ? "," : " ,\n");
    if (!random.is_one_in(8)) result.text += "]";
    if (random.is_one_in(8)) result.text += "\n]";
  }
  if (random.is_one_in(10)) result.text.insert(0, "\xEF\xBB\xBF");
  if (!random.is_one_in(3)) return result;
  result.content_encoding = "gzip";
  result.text = testkit::gzip(result.text);
  if (random.is_one_in(4)) result.text[random.below(result.text.size())] ^= 4;
  if (random.is_one_in(4)) result.text.resize(random.below(result.text.size() + 1));
  return result;
}

IntakeOptions options(std::size_t inline_bytes, std::size_t chunk_bytes) {
  IntakeOptions result;
  result.threads = 2;
  result.limits.event_bytes = 120;
  result.inline_bytes = inline_bytes;
  result.chunk_bytes = chunk_bytes;
  result.chunks_per_body = 2;
  result.reader.cache_bytes = 0;
  return result;
}

struct Outcome {
  IngestResult result;
  std::vector<KeptEvent> events;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  PrintTo(outcome.result, out);
  for (const KeptEvent& event : outcome.events) *out << "\n  " << event.json;
}

Outcome outcome(const IntakeOptions& chosen, const Body& body, std::vector<std::size_t> cuts = {}) {
  IntakeRig rig{chosen};
  rig.subscribe(1, 1, "a.**");
  Outcome outcome;
  outcome.result = rig.send(body, std::move(cuts));
  outcome.events = rig.sink.events();
  return outcome;
}

TEST(IntakeModel, DoesNotDependOnPiecesAndChunks) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Random random{seed};
  std::size_t accepted = 0;
  std::size_t rejected = 0;
  for (int i = 0; i != 200; ++i) {
    const Body sent = body(random);
    const Outcome expected = outcome(options(1U << 20U, 1U << 20U), sent);
    std::vector<std::size_t> cuts;
    for (std::size_t n = random.below(8); n != 0; --n)
      cuts.push_back(random.below(sent.text.size() + 1));
    const std::size_t chunk_bytes = random.between(1, 200);
    ASSERT_EQ(outcome(options(random.below(40), chunk_bytes), sent, cuts), expected)
        << chunk_bytes << testing::PrintToString(cuts) << sent.content_type << sent.content_encoding
        << "\n"
        << testing::PrintToString(sent.text);
    accepted += expected.result.accepted;
    rejected += expected.result.rejected;
  }
  EXPECT_GT(accepted, 150U);
  EXPECT_GT(rejected, 50U);
}

TEST(IntakeModel, TreatsAnArrayLikeItsElementsAsLines) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Random random{seed};
  for (int i = 0; i != 200; ++i) {
    std::vector<std::string> elements = items(random);
    // What spills over into the next element, or is none, is no line's business.
    std::erase_if(elements, [](const std::string& item) {
      return item.find_first_not_of(' ') == item.npos || item == kItems[9] || item == kItems[10] ||
             item == kItems[11] || item == kItems[15];
    });
    const Outcome lines = outcome(options(512, 1'024), {.text = joined(random, elements, "\n")});
    Outcome array = outcome(
        options(512, 1'024),
        {.content_type = "application/json", .text = "[" + joined(random, elements, ",\n") + "]"});
    // The bracket counts as a byte of the first element.
    for (ItemError& error : array.result.errors) error.message.clear();
    Outcome expected = lines;
    for (ItemError& error : expected.result.errors) error.message.clear();
    ASSERT_EQ(array, expected) << testing::PrintToString(elements);
  }
}

}  // namespace
}  // namespace sluice::ingest

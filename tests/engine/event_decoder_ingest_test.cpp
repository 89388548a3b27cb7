// EventDecoder with EventFields::ingest: id, time and the attributes of CloudEvents.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "engine/decode_every_way.hpp"
#include "sluice/event.hpp"

namespace sluice {
namespace {

using testkit::DecodedCopy;
using testkit::EventCopy;

DecodedCopy decode(std::string_view line) {
  return testkit::decode_lines(std::string{line} + "\n", {}, 1, EventFields::ingest);
}

/// The only event of the line.
EventCopy event_of(std::string_view line) {
  const DecodedCopy decoded = decode(line);
  if (decoded.events.size() == 1) return decoded.events[0];
  ADD_FAILURE() << decoded.events.size() << " events in " << line;
  return {};
}

/// The error of the only line.
Error error_of(std::string_view line) {
  const DecodedCopy decoded = decode(line);
  EXPECT_TRUE(decoded.events.empty()) << line;
  if (decoded.rejected.size() == 1) return decoded.rejected[0].error;
  ADD_FAILURE() << decoded.rejected.size() << " rejections of " << line;
  return {};
}

/// An event whose id is `text`, as it stands between its quotes.
std::string with_id(std::string_view text) {
  return R"({"event_id":")" + std::string{text} + R"(","event_type":"a"})";
}

TEST(EventDecoderIngest, GivesIdAndTime) {
  const EventCopy event = event_of(
      R"({"event_id":"e1","event_type":"a.b","occurred_at":"2026-11-24T13:35:56.123456+01:00"})");
  EXPECT_EQ(event.name, "a.b");
  EXPECT_EQ(event.id, "e1");
  EXPECT_EQ(event.occurred_at, "2026-11-24T13:35:56.123456+01:00");
}

TEST(EventDecoderIngest, FindsKeysWhereverABlockEnds) {
  for (std::size_t before = 0; before < 130; ++before) {
    const std::string start = R"({"x":")" + std::string(before, 'x') + R"(",)";
    EventCopy event = event_of(
        start + R"("event_type":"a","event_id":"e1","y":[{"event_id":1}],"occurred_at":"now"})");
    EXPECT_EQ(event.id + "/" + event.occurred_at, "e1/now") << before;
    event =
        event_of(start + R"("time":"now","source":"/s","id":"e1","specversion":"1.0","type":"a"})");
    EXPECT_EQ(event.id + "/" + event.occurred_at, "e1/now") << before;
    EXPECT_EQ(event.source + "/" + event.specversion, "/s/1.0") << before;
  }
}

TEST(EventDecoderIngest, GivesTheAttributesOfACloudEvent) {
  const EventCopy event = event_of(
      R"({"specversion":"1.0","type":"a.b","source":"https://example.com/a/rather/long/source",)"
      R"("id":"7","time":"2026-11-24T13:35:56Z"})");
  EXPECT_EQ(event.name, "a.b");
  EXPECT_EQ(event.id, "7");
  EXPECT_EQ(event.occurred_at, "2026-11-24T13:35:56Z");
  EXPECT_EQ(event.source, "https://example.com/a/rather/long/source");
  EXPECT_EQ(event.specversion, "1.0");
}

// A plain event's own field "id" is not what makes it unique.
TEST(EventDecoderIngest, LeavesThoseFieldsOfAPlainEventAlone) {
  const EventCopy event =
      event_of(R"({"event_type":"a","id":7,"time":[],"source":{},"specversion":"1.0","type":"b"})");
  EXPECT_EQ(event.id, "");
  EXPECT_EQ(event.occurred_at, "");
  EXPECT_EQ(event.source, "");
  EXPECT_EQ(event.specversion, "");
}

TEST(EventDecoderIngest, PrefersTheNamesOfPlainEventsInACloudEvent) {
  const EventCopy event =
      event_of(R"({"type":"a","id":"no","event_id":"e1","time":"no","occurred_at":"now"})");
  EXPECT_EQ(event.id, "e1");
  EXPECT_EQ(event.occurred_at, "now");
}

TEST(EventDecoderIngest, TakesNullForAbsent) {
  const EventCopy event = event_of(R"({"event_type":"a","event_id":null,"occurred_at":null})");
  EXPECT_EQ(event.id, "");
  EXPECT_EQ(event.occurred_at, "");
  EXPECT_EQ(event_of(R"({"type":"a","id":null,"source":null,"specversion":null})").source, "");
}

TEST(EventDecoderIngest, DoesNotLookAtOrganization) {
  EXPECT_EQ(event_of(R"({"event_type":"a","organization":5})").organization, "");
  EXPECT_EQ(event_of(R"({"event_type":"a","organization":"o"})").organization, "");
}

TEST(EventDecoderIngest, RefusesAnIdOrATimeThatIsNoString) {
  EXPECT_EQ(error_of(R"({"event_type":"a","event_id":7})"),
            (Error{ErrorCode::event_id_not_string, 29}));
  EXPECT_EQ(error_of(R"({"type":"a","id":{}})"), (Error{ErrorCode::event_id_not_string, 17}));
  EXPECT_EQ(error_of(R"({"event_type":"a","occurred_at":1700000000})"),
            (Error{ErrorCode::occurred_at_not_string, 32}));
  EXPECT_EQ(error_of(R"({"type":"a","time":true})"),
            (Error{ErrorCode::occurred_at_not_string, 19}));
}

TEST(EventDecoderIngest, TakesASourceThatIsNoStringForNone) {
  EXPECT_EQ(event_of(R"({"type":"a","source":7,"specversion":1.0})").source, "");
  EXPECT_EQ(event_of(R"({"type":"a","source":7,"specversion":1.0})").specversion, "");
}

TEST(EventDecoderIngest, TakesIdsOf1To128VisibleCharacters) {
  for (std::size_t size = 1; size <= 128; ++size)
    EXPECT_EQ(event_of(with_id(std::string(size, '~'))).id.size(), size);
  EXPECT_EQ(error_of(with_id("")), (Error{ErrorCode::bad_event_id, 13}));
  for (const std::size_t size : {129U, 159U, 160U, 161U, 1'000U})
    EXPECT_EQ(error_of(with_id(std::string(size, 'x'))), (Error{ErrorCode::bad_event_id, 141}));
}

TEST(EventDecoderIngest, TellsEveryByteOfAnIdApart) {
  for (int byte = 0x20; byte < 0x80; ++byte) {
    const char c = static_cast<char>(byte);
    if (c == '"' || c == '\\') continue;
    for (const std::size_t at : {0U, 1U, 31U, 32U, 127U}) {
      std::string id(128, 'x');
      id[at] = c;
      if (c > ' ' && c != '\x7F') {
        EXPECT_EQ(event_of(with_id(id)).id, id);
      } else {
        EXPECT_EQ(error_of(with_id(id)), (Error{ErrorCode::bad_event_id, 13 + at}));
      }
    }
  }
  EXPECT_EQ(error_of(with_id("a\xC3\xA9")), (Error{ErrorCode::bad_event_id, 14}));
}

TEST(EventDecoderIngest, ReadsIdsUnescaped) {
  EXPECT_EQ(event_of(with_id(R"(\u0061\/\"b)")).id, "a/\"b");
  EXPECT_EQ(error_of(with_id(R"(a\nb)")), (Error{ErrorCode::bad_event_id, 14}));
  EXPECT_EQ(event_of(R"({"\u0065vent_id":"e1","event_type":"a"})").id, "e1");
}

TEST(EventDecoderIngest, TakesTheFirstOfDuplicateKeys) {
  EXPECT_EQ(event_of(R"({"event_id":"1","event_id":"2","event_type":"a","event_id":3})").id, "1");
}

TEST(EventDecoderIngest, ReadsElementsOfAnArrayAlike) {
  const DecodedCopy decoded = testkit::decode_json(
      R"([{"event_id":"e1","event_type":"a"},{"event_id":1,"event_type":"a"}])", {},
      EventFields::ingest);
  ASSERT_EQ(decoded.events.size(), 1U);
  EXPECT_EQ(decoded.events[0].id, "e1");
  ASSERT_EQ(decoded.rejected.size(), 1U);
  EXPECT_EQ(decoded.rejected[0].error, (Error{ErrorCode::event_id_not_string, 12}));
}

}  // namespace
}  // namespace sluice

// EventIntake from outside: bodies in, events in the sink, results out.
#include "ingest/event_intake.hpp"

#include <gtest/gtest.h>

#include <string>

#include "ingest/fault.hpp"
#include "server/ingest/gzip_text.hpp"
#include "server/ingest/intake_rig.hpp"

namespace sluice::ingest {
namespace {

using testkit::Body;
using testkit::BodyWatch;
using testkit::IntakeRig;
using testkit::KeptEvent;

IngestResult accepted(std::uint64_t count) {
  IngestResult result;
  result.accepted = count;
  return result;
}

/// The type of the only error of a body that is refused as a whole.
std::string error_of(const IngestResult& result) {
  EXPECT_EQ(result.accepted, 0U);
  return result.errors.size() == 1 ? std::string{result.errors[0].type} : "not one error";
}

TEST(EventIntake, KeepsTheEventsOfLinesInOrder) {
  IntakeRig rig;
  rig.subscribe(7, 1, "a.*");
  rig.subscribe(8, 2, "a.*");  // another organisation's
  const IngestResult result = rig.send(
      {.text = "{\"event_type\":\"a.b\",\"event_id\":\"e1\"}\n\n{\"event_type\":\"c\"}\r\n"});
  EXPECT_EQ(result.status, 202);
  EXPECT_EQ(result.accepted, 2U);
  EXPECT_EQ(result.matched, 1U);
  EXPECT_EQ(rig.sink.events(), (std::vector<KeptEvent>{
                                   {1, R"({"event_type":"a.b","event_id":"e1"})", "e1", {7}},
                                   {1, R"({"event_type":"c"})", "", {}},
                               }));
}

TEST(EventIntake, ReadsOneObjectOnManyLines) {
  IntakeRig rig;
  EXPECT_EQ(rig.send({.content_type = "application/json; charset=utf-8",
                      .text = "\xEF\xBB\xBF\n{\n\"event_type\":\n\"a\"}\n"}),
            accepted(1));
  EXPECT_EQ(rig.sink.events()[0].json, "{ \"event_type\": \"a\"}");
}

TEST(EventIntake, ReadsAnArray) {
  IntakeRig rig;
  EXPECT_EQ(rig.send({.content_type = "Application/JSON",
                      .text = "[{\"event_type\":\"a\"},\n {\"event_type\":\n\"b\"}]"}),
            accepted(2));
  EXPECT_EQ(rig.sink.events()[0].json, R"({"event_type":"a"})");
  EXPECT_EQ(rig.sink.events()[1].json, "{\"event_type\": \"b\"}");
}

TEST(EventIntake, CountsARepeatedIdAsADuplicate) {
  IntakeRig rig;
  rig.subscribe(7, 1, "a");
  const Body body{.text =
                      "{\"event_type\":\"a\",\"event_id\":\"1\"}\n"
                      "{\"event_type\":\"b\",\"event_id\":\"1\"}\n"
                      "{\"event_type\":\"a\",\"event_id\":\"2\"}\n"};
  IngestResult result = rig.send(body);
  EXPECT_EQ(result.accepted, 2U);
  EXPECT_EQ(result.duplicates, 1U);
  EXPECT_EQ(result.matched, 2U);
  result = rig.send(body);
  EXPECT_EQ(result.status, 202);  // the events are known, and that is what was asked for
  EXPECT_EQ(result.accepted, 0U);
  EXPECT_EQ(result.duplicates, 3U);
  EXPECT_EQ(result.matched, 0U);
}

TEST(EventIntake, RejectsABadEventAlone) {
  IntakeRig rig;
  const IngestResult result = rig.send({.text = "{\"event_type\":\"a\"}\n\n{\"event_type\":5}\n"
                                                "{\"event_type\":\"a\",\"occurred_at\":\"noon\"}\n"
                                                "{\"event_type\":\"a\"}"});
  EXPECT_EQ(result.status, 202);
  EXPECT_EQ(result.accepted, 2U);
  EXPECT_EQ(result.rejected, 2U);
  EXPECT_EQ(
      result.errors,
      (std::vector<ItemError>{
          {1, 3, "event_type_not_string", "the field event_type must be a string (at byte 14)"},
          {2, 4, kBadOccurredAt.type, std::string{kBadOccurredAt.message}},
      }));
}

TEST(EventIntake, NamesTheElementAndTheLineOfABadOne) {
  IntakeRig rig;
  const IngestResult result = rig.send(
      {.content_type = "application/json",
       .text = "[{\"event_type\":\"a\"},\n{\n\"event_type\":5},\n\n,{\"event_type\":\"a\"},]\n"});
  EXPECT_EQ(result.accepted, 2U);
  EXPECT_EQ(result.rejected, 3U);
  EXPECT_EQ(
      result.errors,
      (std::vector<ItemError>{
          {1, 2, "event_type_not_string", "the field event_type must be a string (at byte 16)"},
          {2, 5, kMissingElement.type, std::string{kMissingElement.message}},
          {4, 5, kMissingElement.type, std::string{kMissingElement.message}},
      }));
}

TEST(EventIntake, TellsOfTheFirstHundredErrorsAndCountsAll) {
  IntakeRig rig;
  std::string text;
  for (int i = 0; i < 150; ++i) text += "{}\n";
  const IngestResult result = rig.send({.text = text});
  EXPECT_EQ(result.status, 422);
  EXPECT_EQ(result.rejected, 150U);
  ASSERT_EQ(result.errors.size(), 100U);
  EXPECT_EQ(result.errors.back().index, 99U);
  EXPECT_EQ(result.errors.back().line, 100U);
}

TEST(EventIntake, RefusesABodyWithoutEvents) {
  IntakeRig rig;
  for (const char* type : {"application/json", "application/x-ndjson"}) {
    for (const char* text : {"", " \n\r\n\t"}) {
      const IngestResult result = rig.send({.content_type = type, .text = text});
      EXPECT_EQ(result.status, 422) << type;
      EXPECT_EQ(result.message, kNoEvents.message);
    }
  }
  EXPECT_EQ(rig.send({.content_type = "application/json", .text = "[ ]"}).message,
            kNoEvents.message);
}

TEST(EventIntake, RefusesWhatIsWrongWithAnArray) {
  IntakeRig rig;
  const auto of = [&rig](std::string text) {
    return error_of(rig.send({.content_type = "application/json", .text = std::move(text)}));
  };
  EXPECT_EQ(of("["), "unterminated_array");
  EXPECT_EQ(of("[]]"), "trailing_content");
  EXPECT_EQ(of("[] {}"), "trailing_content");
  EXPECT_EQ(of("[{\"event_type\":\"a\""), "unterminated_event");
  EXPECT_EQ(of("[\"event_type"), "unterminated_event");
  EXPECT_EQ(of("[7]"), "not_an_object");
  EXPECT_EQ(of("[{\"event_type\":\"a\"}}]"), "trailing_content");
  EXPECT_EQ(of("[x{\"event_type\":\"a\"}]"), "invalid_json");
  EXPECT_EQ(of("[{\"event_type\":\"a\"}{\"event_type\":\"a\"}]"), "trailing_content");
  EXPECT_EQ(of("[{\"event_type\":\"a\n\"}]"), "control_character");
  EXPECT_EQ(of("{\"event_type\":\"a\n\"}"), "control_character");
  EXPECT_EQ(of("{\"event_type\":\"a\"}\n{\"event_type\":\"a\"}"), "trailing_content");
  EXPECT_EQ(of("\xEF\xBB{\"event_type\":\"a\"}"), "invalid_utf8");
  EXPECT_EQ(rig.sink.events(), std::vector<KeptEvent>{});
}

TEST(EventIntake, AcceptsTheElementsBeforeAnArrayGoesWrong) {
  IntakeRig rig;
  const IngestResult result =
      rig.send({.content_type = "application/json", .text = "[{\"event_type\":\"a\"},{\"event"});
  EXPECT_EQ(result.status, 202);
  EXPECT_EQ(result.accepted, 1U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].index, 1U);
}

TEST(EventIntake, RefusesTypesAndCodingsThatItDoesNotRead) {
  IntakeRig rig;
  for (const char* type : {"", "text/plain", "application/xml", "application/jsonx"})
    EXPECT_EQ(rig.send({.content_type = type, .text = "{}"}).status, 415) << type;
  EXPECT_EQ(rig.send({.text = "{}", .content_encoding = "br"}).status, 415);
}

TEST(EventIntake, RefusesAnEventThatIsTooLarge) {
  IntakeRig rig{{.threads = 1, .limits = {.event_bytes = 100}}};
  const std::string large = "{\"event_type\":\"a\",\"x\":\"" + std::string(100, 'x') + "\"}";
  const std::string larger = "{\"event_type\":\"a\",\"x\":\"" + std::string(10'000, 'x') + "\"}";
  for (const std::string& event : {large, larger}) {
    for (const char* type : {"application/json", "application/x-ndjson"}) {
      const IngestResult result = rig.send({.content_type = type, .text = event});
      EXPECT_EQ(result.status, 413);
      EXPECT_EQ(error_of(result), "event_too_large");
    }
    const IngestResult result =
        rig.send({.text = "{\"event_type\":\"a\"}\n" + event + "\n{\"event_type\":\"a\"}\n"});
    EXPECT_EQ(result.accepted, 2U);
    ASSERT_EQ(result.errors.size(), 1U);
    EXPECT_EQ(result.errors[0].line, 2U);
  }
}

TEST(EventIntake, NamesTheLimitToAnEventThatIsTooLarge) {
  IntakeRig rig;
  for (const std::size_t bytes : {std::size_t{256} << 10U, std::size_t{1} << 20U}) {
    for (const char* type : {"application/json", "application/x-ndjson"}) {
      const IngestResult result =
          rig.send({.content_type = type,
                    .text = "{\"event_type\":\"a\",\"x\":\"" + std::string(bytes, 'x') + "\"}"});
      EXPECT_EQ(result.message, "the event is larger than 256 KiB");
      ASSERT_EQ(result.errors.size(), 1U);
      EXPECT_TRUE(result.errors[0].message.starts_with(result.message)) << result.errors[0].message;
    }
  }
}

TEST(EventIntake, UnzipsABody) {
  IntakeRig rig;
  const Body body{
      .text = testkit::gzip("{\"event_type\":\"a\"}\n") + testkit::gzip("{\"event_type\":\"b\"}\n"),
      .content_encoding = "gzip"};
  EXPECT_EQ(rig.send(body), accepted(2));
}

TEST(EventIntake, RefusesBadGzip) {
  IntakeRig rig;
  std::string zipped = testkit::gzip("{\"event_type\":\"a\"}");
  for (const std::string& text : {std::string{}, std::string{"{\"event_type\":\"a\"}"},
                                  zipped.substr(0, zipped.size() - 1), zipped + "x"}) {
    const IngestResult result = rig.send({.text = text, .content_encoding = "gzip"});
    EXPECT_EQ(result.status, 400) << text.size();
    EXPECT_EQ(error_of(result), "bad_gzip");
  }
}

TEST(EventIntake, KeepsTheWholeLinesBeforeGzipGoesWrong) {
  IntakeRig rig;
  std::string zipped = testkit::gzip("{\"event_type\":\"a\"}\n{\"event_type\":\"b\"}");
  zipped[zipped.size() - 5] ^= 1;  // its checksum
  const IngestResult result = rig.send({.text = zipped, .content_encoding = "gzip"});
  EXPECT_EQ(result.status, 202);
  EXPECT_EQ(result.accepted, 1U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].type, "bad_gzip");
}

TEST(EventIntake, RefusesAtOnceWhenThereIsNoRoom) {
  IntakeRig rig;
  rig.sink.set_room(false);
  const IngestResult result = rig.send({.text = "{\"event_type\":\"a\"}"});
  EXPECT_EQ(result.status, 429);
  EXPECT_EQ(result.retry_after, std::chrono::seconds{1});
  rig.sink.refuse(std::make_error_code(std::errc::no_space_on_device));
  EXPECT_EQ(rig.send({.text = "{\"event_type\":\"a\"}"}).status, 503);
  EXPECT_EQ(rig.sink.events(), std::vector<KeptEvent>{});
}

TEST(EventIntake, AnswersOnceEverythingIsDurable) {
  IntakeRig rig;
  rig.sink.hold();
  BodyWatch watch;
  const auto body = rig.begin({}, watch);
  EXPECT_TRUE(body->receive("{\"event_type\":\"a\"}\n"));
  body->finish();
  EXPECT_FALSE(watch.is_done());
  rig.sink.commit();
  EXPECT_EQ(watch.result(), accepted(1));
  EXPECT_EQ(watch.done_calls(), 1);
}

TEST(EventIntake, SaysThatTheJournalRefused) {
  IntakeRig rig;
  BodyWatch watch;
  const auto body = rig.begin({}, watch);
  EXPECT_TRUE(body->receive("{\"event_type\":\"a\"}\n"));
  rig.sink.refuse(std::make_error_code(std::errc::no_space_on_device));
  body->finish();
  const IngestResult result = watch.result();
  EXPECT_EQ(result.status, 503);
  EXPECT_EQ(result.accepted, 0U);
  EXPECT_EQ(result.retry_after, std::chrono::seconds{1});
}

TEST(EventIntake, CallsNobodyAfterABodyWasAbandoned) {
  IntakeRig rig;
  rig.sink.hold();
  BodyWatch watch;
  auto body = rig.begin({}, watch);
  EXPECT_TRUE(body->receive("{\"event_type\":\"a\"}\n"));
  body->finish();
  body->abandon();
  rig.sink.commit();
  body = rig.begin({}, watch);
  EXPECT_TRUE(body->receive("{\"event_type\":\"a\"}\n"));
  body.reset();
  rig.close();
  EXPECT_EQ(watch.done_calls(), 0);
  EXPECT_EQ(rig.sink.events().size(), 1U);  // the one whose body was complete
}

TEST(EventIntake, FreesItsCallbacksWithTheAnswer) {
  IntakeRig rig;
  const auto held = std::make_shared<int>(1);
  const auto callbacks = [&held] {
    return IngestCallbacks{.done = [held](const IngestResult&) {}, .resume = [held] {}};
  };
  IngestRequest request;
  request.content_type = "application/json";
  const auto answered = rig.begin(request, callbacks());
  answered->finish();
  EXPECT_EQ(held.use_count(), 1);
  const auto abandoned = rig.begin(request, callbacks());
  abandoned->abandon();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace sluice::ingest

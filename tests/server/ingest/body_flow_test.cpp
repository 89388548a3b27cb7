// Large bodies: they are worked off while they arrive, wait where they must, and keep their order.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "server/ingest/gzip_text.hpp"
#include "server/ingest/intake_rig.hpp"

namespace sluice::ingest {
namespace {

using testkit::Body;
using testkit::BodyWatch;
using testkit::IntakeRig;
using testkit::KeptEvent;

// Small sizes, so that small bodies are large ones.
IntakeOptions small_chunks() {
  IntakeOptions options;
  options.threads = 2;
  options.inline_bytes = 512;
  options.chunk_bytes = 1'024;
  options.chunks_per_body = 3;
  options.reader.cache_bytes = 0;
  return options;
}

std::string event(std::size_t number) {
  return "{\"event_type\":\"a\",\"n\":" + std::to_string(number) + "}";
}

std::string lines(std::size_t count, std::size_t first = 0) {
  std::string text;
  for (std::size_t i = first; i != first + count; ++i) text += event(i) + "\n";
  return text;
}

/// Sends pieces of `text` until one must wait or all is sent; returns the bytes that were taken.
std::size_t send_until_full(IngestBody& body, std::string_view text, std::size_t piece = 100) {
  std::size_t sent = 0;
  bool goes_on = true;
  while (goes_on && sent != text.size()) {
    const std::string_view next = text.substr(sent, piece);
    goes_on = body.receive(next);
    sent += next.size();
  }
  return sent;
}

/// Sends all of it, and waits where it must.
void send_all(IngestBody& body, BodyWatch& watch, std::string_view text) {
  while (!text.empty()) {
    watch.will_wait();
    text.remove_prefix(send_until_full(body, text));
    if (!text.empty()) watch.wait_to_go_on();
  }
}

/// The fields n of the events, in order.
std::vector<std::string> kept(const IntakeRig& rig) {
  std::vector<std::string> result;
  for (const KeptEvent& each : rig.sink.events()) result.push_back(each.json);
  return result;
}

std::vector<std::string> sent(std::size_t count) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i != count; ++i) result.push_back(event(i));
  return result;
}

TEST(BodyFlow, KeepsTheOrderOfALargeBody) {
  for (const bool is_array : {false, true}) {
    for (const bool is_zipped : {false, true}) {
      IntakeRig rig{small_chunks()};
      Body body{.content_type = is_array ? "application/json" : "application/x-ndjson"};
      body.text = lines(2'000);
      if (is_array) {
        std::replace(body.text.begin(), body.text.end(), '\n', ',');
        body.text = "[" + body.text.substr(0, body.text.size() - 1) + "]";
      }
      if (is_zipped) {
        body.text = testkit::gzip(body.text);
        body.content_encoding = "gzip";
      }
      BodyWatch watch;
      const auto receiver = rig.begin(body, watch);
      send_all(*receiver, watch, body.text);
      receiver->finish();
      const IngestResult result = watch.result();
      EXPECT_EQ(result.accepted, 2'000U);
      EXPECT_EQ(result.rejected, 0U);
      EXPECT_EQ(kept(rig), sent(2'000));
      EXPECT_GT(rig.sink.batch_sizes().size(), 10U);
    }
  }
}

TEST(BodyFlow, TakesBytesThatWereReadToItsRoom) {
  IntakeRig rig{small_chunks()};
  BodyWatch watch;
  const std::string text = lines(2'000);
  const auto body = rig.begin({.organisation = 1,
                               .content_type = "application/x-ndjson",
                               .content_encoding = {},
                               .content_length = text.size(),
                               .fields = {}},
                              watch.callbacks());
  EXPECT_TRUE(body->room().empty());
  std::size_t in_place = 0;
  std::size_t piece = 200;  // a large body begins with a first piece of some size
  for (std::string_view rest = text; !rest.empty(); piece = 1 + piece * 7 % 501) {
    watch.will_wait();
    std::string_view next = rest.substr(0, piece);
    const std::span<char> room = body->room();
    if (room.size() >= 100) {
      next = next.substr(0, room.size());
      std::copy(next.begin(), next.end(), room.begin());
      next = {room.data(), next.size()};
      ++in_place;
    }
    rest.remove_prefix(next.size());
    if (!body->receive(next)) watch.wait_to_go_on();
  }
  body->finish();
  EXPECT_EQ(watch.result().accepted, 2'000U);
  EXPECT_EQ(kept(rig), sent(2'000));
  EXPECT_GT(in_place, 100U);
}

TEST(BodyFlow, GivesNoLargeChunkForLittleOfALargeBody) {
  IntakeRig rig{small_chunks()};
  BodyWatch watch;
  const std::string text = lines(100);
  const auto body = rig.begin({.organisation = 1,
                               .content_type = "application/x-ndjson",
                               .content_encoding = {},
                               .content_length = text.size(),
                               .fields = {}},
                              watch.callbacks());
  EXPECT_TRUE(body->receive(text.substr(0, 100)));
  EXPECT_TRUE(body->room().empty());
  EXPECT_TRUE(body->receive(text.substr(100, 200)));
  EXPECT_FALSE(body->room().empty());
  send_all(*body, watch, std::string_view{text}.substr(300));
  body->finish();
  EXPECT_EQ(watch.result().accepted, 100U);
  EXPECT_EQ(kept(rig), sent(100));
}

TEST(BodyFlow, PausesWhileTheSinkHasNoRoomAndGoesOnByItself) {
  IntakeRig rig{small_chunks()};
  BodyWatch watch;
  const auto body = rig.begin({}, watch);
  rig.sink.set_room(false);
  const std::string text = lines(1'000);
  watch.will_wait();
  const std::size_t taken = send_until_full(*body, text);
  EXPECT_LE(taken,
            5 * 1'024U + 512U);  // three chunks wait, one is in the worker's hands, one fills
  EXPECT_EQ(kept(rig), sent(0));
  rig.sink.set_room(true);
  watch.wait_to_go_on();
  send_all(*body, watch, std::string_view{text}.substr(taken));
  body->finish();
  EXPECT_EQ(watch.result().accepted, 1'000U);
  EXPECT_EQ(kept(rig), sent(1'000));
}

TEST(BodyFlow, GivesUpWhenThereIsNoRoomForTooLong) {
  IntakeRig rig{small_chunks()};
  BodyWatch watch;
  const auto body = rig.begin({}, watch);
  rig.sink.set_room(false);
  const std::string text = lines(1'000);
  send_until_full(*body, text);
  // The body may begin to wait only after the first of these, so time goes on until it gives up.
  while (!watch.is_done()) {
    rig.clock.advance(std::chrono::seconds{31});
    rig.sink.set_room(false);
    std::this_thread::yield();
  }
  EXPECT_EQ(watch.result().status, 503);
  EXPECT_EQ(watch.result().accepted, 0U);
  EXPECT_TRUE(body->receive(text));  // dropped
  body->finish();
  EXPECT_EQ(watch.done_calls(), 1);
  EXPECT_EQ(kept(rig), sent(0));
}

TEST(BodyFlow, FailsAtOnceWhenTheSinkRefuses) {
  IntakeRig rig{small_chunks()};
  BodyWatch watch;
  const auto body = rig.begin({}, watch);
  send_all(*body, watch, lines(100));
  rig.sink.refuse(std::make_error_code(std::errc::no_space_on_device));
  send_until_full(*body, lines(1'000, 100));
  const IngestResult result = watch.result();
  EXPECT_EQ(result.status, 503);
  EXPECT_EQ(result.accepted, rig.sink.events().size());
  EXPECT_EQ(kept(rig), sent(rig.sink.events().size()));
}

TEST(BodyFlow, KeepsAPrefixOfABodyThatIsAbandoned) {
  IntakeRig rig{small_chunks()};
  {
    BodyWatch watch;
    auto body = rig.begin({}, watch);
    const std::string text = lines(1'000);
    send_all(*body, watch, std::string_view{text}.substr(0, text.size() - 5));
    body->abandon();
    EXPECT_FALSE(watch.is_done());
    body.reset();
    rig.close();
    EXPECT_FALSE(watch.is_done());
  }
  EXPECT_LT(rig.sink.events().size(), 1'000U);
  EXPECT_EQ(kept(rig), sent(rig.sink.events().size()));
}

TEST(BodyFlow, BoundsTheChunksOfAllBodiesAndResumesThem) {
  IntakeOptions options = small_chunks();
  options.chunks = 4;
  IntakeRig rig{options};
  const std::string text = lines(400);
  std::vector<BodyWatch> watches(3);
  std::vector<std::unique_ptr<IngestBody>> bodies;
  for (std::uint32_t i = 0; i != watches.size(); ++i)
    bodies.push_back(rig.begin({.organisation = i + 1}, watches[i]));
  rig.sink.set_room(false);
  std::vector<std::size_t> taken;
  for (std::size_t i = 0; i != bodies.size(); ++i) {
    watches[i].will_wait();
    taken.push_back(send_until_full(*bodies[i], text));
  }
  EXPECT_LT(taken[2], 1'024U);  // the first two hold all chunks
  bodies[0]->abandon();
  watches[1].wait_to_go_on();
  watches[2].wait_to_go_on();
  rig.sink.set_room(true);
  for (std::size_t i = 1; i != bodies.size(); ++i) {
    send_all(*bodies[i], watches[i], std::string_view{text}.substr(taken[i]));
    bodies[i]->finish();
  }
  for (std::size_t i = 1; i != bodies.size(); ++i) EXPECT_EQ(watches[i].result().accepted, 400U);
}

TEST(BodyFlow, GivesChunksBackHoweverABodyEnds) {
  IntakeOptions options = small_chunks();
  options.chunks = 2;
  IntakeRig rig{options};
  const std::string text = lines(200);
  const std::string zipped = testkit::gzip(text);
  for (int i = 0; i != 20; ++i) {
    BodyWatch watch;
    const auto body = rig.begin({.content_encoding = i % 2 == 0 ? "" : "gzip"}, watch);
    send_all(*body, watch, i % 2 == 0 ? text : zipped + zipped.substr(0, i % 3 == 0 ? 0 : 9));
    if (i % 4 == 0) {
      body->abandon();
    } else {
      body->finish();
      EXPECT_EQ(watch.result().status, 202);
    }
  }
}

TEST(BodyFlow, ServesManyBodiesFromManyThreads) {
  IntakeOptions options = small_chunks();
  options.chunks = 6;
  IntakeRig rig{options};
  rig.subscribe(1, 1, "a");
  const std::string text = lines(150);
  std::vector<std::thread> threads;
  for (int i = 0; i != 4; ++i) {
    threads.emplace_back([&rig, &text, i] {
      for (int n = 0; n != 20; ++n) {
        BodyWatch watch;
        const auto body = rig.begin({}, watch);
        send_all(*body, watch, n % 3 == 0 ? event(1) : text);
        if (n % 7 == 6) {
          body->abandon();
          continue;
        }
        body->finish();
        const IngestResult result = watch.result();
        EXPECT_EQ(result.accepted, n % 3 == 0 ? 1U : 150U) << i;
        EXPECT_EQ(result.matched, result.accepted);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(BodyFlow, CutsRecordsWhereEventsReachVeryManyWebhooks) {
  IntakeRig rig;
  constexpr std::uint32_t kWebhooks = 10'000;
  for (std::uint32_t i = 0; i != kWebhooks; ++i) rig.subscribe(i, 1, "**");
  constexpr std::size_t kEvents = 300;  // 12 MB of webhooks
  const IngestResult result = rig.send({.text = lines(kEvents) + "{}\n" + lines(1)});
  EXPECT_EQ(result.accepted, kEvents + 1);
  EXPECT_EQ(result.matched, kEvents + 1);
  EXPECT_EQ(result.rejected, 1U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].index, kEvents);
  EXPECT_EQ(result.errors[0].line, kEvents + 1);
  for (const KeptEvent& each : rig.sink.events()) EXPECT_EQ(each.webhooks.size(), kWebhooks);
  for (const std::size_t size : rig.sink.batch_sizes()) EXPECT_LE(size, 80U);  // 3 MB
}

TEST(BodyFlow, RejectsAnEventThatNoRecordHolds) {
  IntakeRig rig{{.threads = 1}, 20'000};
  for (std::uint32_t i = 0; i != 6'000; ++i) rig.subscribe(i, 1, "b");
  const IngestResult result =
      rig.send({.text = lines(100) + "{\"event_type\":\"b\"}\n" + lines(500)});
  EXPECT_EQ(result.accepted, 600U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].type, "too_many_webhooks");
  EXPECT_EQ(result.errors[0].index, 100U);
}

}  // namespace
}  // namespace sluice::ingest

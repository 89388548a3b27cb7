#include "delivery/response_parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice::delivery {
namespace {

using Progress = ResponseParser::Progress;

constexpr std::size_t kHeaderLimit = 1024;
constexpr std::size_t kBodyCap = 16;

struct Reading {
  Progress progress = Progress::incomplete;
  Response response;
  bool is_kept = false;
  std::string rest;
};

Reading read(std::string_view text, std::size_t step = std::string_view::npos) {
  ResponseParser parser;
  parser.start(kHeaderLimit, kBodyCap);
  Reading reading;
  while (reading.progress == Progress::incomplete && !text.empty()) {
    std::string_view piece = text.substr(0, step);
    const std::size_t before = piece.size();
    reading.progress = parser.feed(piece);
    text.remove_prefix(before - piece.size());
  }
  reading.response = parser.response();
  reading.is_kept = parser.can_be_kept();
  reading.rest = text;
  return reading;
}

Progress progress_of(std::string_view text) { return read(text).progress; }

TEST(ResponseParser, ReadsABodyOfItsLength) {
  for (const std::size_t step : {1U, 3U, 1000U}) {
    const Reading reading = read(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nokHTTP", step);
    EXPECT_EQ(reading.progress, Progress::complete);
    EXPECT_EQ(reading.response.status, 200);
    EXPECT_EQ(reading.response.content_type, "text/plain");
    EXPECT_EQ(reading.response.body, "ok");
    EXPECT_FALSE(reading.response.body_truncated);
    EXPECT_TRUE(reading.is_kept);
    EXPECT_EQ(reading.rest, "HTTP") << "what follows is not its own";
  }
}

TEST(ResponseParser, ReadsABodyInChunks) {
  for (const std::size_t step : {1U, 3U, 1000U}) {
    const Reading reading = read(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
        "2;a=b\r\nab\r\nA \r\n0123456789\r\n0\r\nx: y\r\n\r\n",
        step);
    EXPECT_EQ(reading.progress, Progress::complete);
    EXPECT_EQ(reading.response.body, "ab0123456789");
    EXPECT_TRUE(reading.is_kept);
    EXPECT_EQ(reading.rest, "");
  }
}

TEST(ResponseParser, ABodyWithoutALengthEndsWithTheConnection) {
  ResponseParser parser;
  parser.start(kHeaderLimit, kBodyCap);
  std::string_view text = "HTTP/1.1 200 OK\r\n\r\nok";
  EXPECT_EQ(parser.feed(text), Progress::incomplete);
  EXPECT_EQ(parser.finish(), Progress::complete);
  EXPECT_EQ(parser.response().body, "ok");
  EXPECT_FALSE(parser.can_be_kept());
}

TEST(ResponseParser, AnEndBeforeTheEndCutsTheResponseShort) {
  for (const char* text : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nx: y\r\n",
                           "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no",
                           "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n"}) {
    ResponseParser parser;
    parser.start(kHeaderLimit, kBodyCap);
    std::string_view rest = text;
    EXPECT_EQ(parser.feed(rest), Progress::incomplete) << text;
    EXPECT_EQ(parser.finish(), Progress::incomplete) << text;
  }
}

TEST(ResponseParser, KnowsWhetherAnyByteCame) {
  ResponseParser parser;
  parser.start(kHeaderLimit, kBodyCap);
  EXPECT_FALSE(parser.has_begun());
  std::string_view text = "H";
  parser.feed(text);
  EXPECT_TRUE(parser.has_begun());
}

TEST(ResponseParser, SomeStatusesHaveNoBody) {
  for (const char* line : {"HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"}) {
    const Reading reading = read(std::string{line} + "\r\ncontent-length: 9\r\n\r\n");
    EXPECT_EQ(reading.progress, Progress::complete) << line;
    EXPECT_TRUE(reading.is_kept);
  }
  EXPECT_EQ(progress_of("HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n"), Progress::complete);
}

TEST(ResponseParser, SkipsInterimResponses) {
  const Reading reading = read(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nretry-after: 9\r\n"
      "content-length: 5\r\n\r\nHTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n");
  EXPECT_EQ(reading.progress, Progress::complete);
  EXPECT_EQ(reading.response.status, 410);
  EXPECT_EQ(reading.response.retry_after, "");
}

TEST(ResponseParser, TakesNoEndOfInterimResponses) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(progress_of(text), Progress::too_large);
}

TEST(ResponseParser, RefusesToSwitchProtocols) {
  EXPECT_EQ(progress_of("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"),
            Progress::malformed);
}

TEST(ResponseParser, KeepsRetryAfter) {
  EXPECT_EQ(
      read("HTTP/1.1 429 x\r\nRETRY-AFTER:  120 \r\ncontent-length:0\r\n\r\n").response.retry_after,
      "120");
}

TEST(ResponseParser, DropsFieldsThatAreNotPrintable) {
  const Reading reading =
      read(std::string{"HTTP/1.1 200 x\r\ncontent-type: a\x01z\r\nretry-after: \xff\r\n"} +
           "content-length: 0\r\n\r\n");
  EXPECT_EQ(reading.progress, Progress::complete);
  EXPECT_EQ(reading.response.content_type, "");
  EXPECT_EQ(reading.response.retry_after, "");
}

TEST(ResponseParser, TruncatesABodyAndGivesTheConnectionUp) {
  for (const char* header : {"content-length: 100", "x: y"}) {
    const Reading reading =
        read(std::string{"HTTP/1.1 200 OK\r\n"} + header + "\r\n\r\n" + std::string(100, 'a'));
    EXPECT_EQ(reading.progress, Progress::complete) << header;
    EXPECT_EQ(reading.response.body, std::string(kBodyCap, 'a'));
    EXPECT_TRUE(reading.response.body_truncated);
    EXPECT_FALSE(reading.is_kept);
  }
}

TEST(ResponseParser, ABodyOfExactlyTheCapIsWhole) {
  const Reading reading =
      read("HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n" + std::string(kBodyCap, 'a'));
  EXPECT_EQ(reading.progress, Progress::complete);
  EXPECT_FALSE(reading.response.body_truncated);
  EXPECT_TRUE(reading.is_kept);
}

TEST(ResponseParser, DoesNotKeepConnectionsThatEndOrMayBeReadTwoWays) {
  for (const char* header :
       {"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0",
        "HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\ncontent-length: 0",
        "HTTP/1.0 200 OK\r\ncontent-length: 0",
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked"}) {
    const Reading reading = read(std::string{header} + "\r\n\r\n0\r\n\r\n");
    EXPECT_EQ(reading.progress, Progress::complete) << header;
    EXPECT_FALSE(reading.is_kept) << header;
  }
}

TEST(ResponseParser, RefusesAHeaderOverItsLimit) {
  const std::string start = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(progress_of(start + "x: " + std::string(kHeaderLimit, 'y')), Progress::too_large);
  std::string many = start;
  for (int i = 0; i < 300; ++i) many += "x: y\r\n";
  EXPECT_EQ(progress_of(many), Progress::too_large);
  EXPECT_EQ(progress_of(std::string(5000, 'x')), Progress::too_large);
  std::string trailers = start + "transfer-encoding: chunked\r\n\r\n0\r\n";
  for (int i = 0; i < 300; ++i) trailers += "x: y\r\n";
  EXPECT_EQ(progress_of(trailers), Progress::too_large);
}

TEST(ResponseParser, RefusesWhatIsNotHttp) {
  for (const char* text :
       {"\r\n", "HTTP/2 200 OK\r\n", "HTTP/2.0 200 OK\r\n", "http/1.1 200 OK\r\n",
        "HTTP/1.1  200 OK\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 -20 OK\r\n",
        "HTTP/1.1 099 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.x 200 OK\r\n", "HTTP/1.1 200OK\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example.com ESMTP\r\n", "-ERR unknown command\r\n"})
    EXPECT_EQ(progress_of(text), Progress::malformed) << text;
}

TEST(ResponseParser, RefusesFieldsThatCouldBeReadTwoWays) {
  for (const char* field :
       {"no colon", ": no name", "a b: c", "content-length : 1", " folded: from nothing",
        "content-length: 1\r\n 2", "content-length: 1\r\ncontent-length: 2", "content-length: 1, 2",
        "content-length: +1", "content-length: -1", "content-length: 0x1",
        "content-length:", "content-length: 99999999999999999999",
        "transfer-encoding: chunked, gzip", "transfer-encoding: chunked\r\n , gzip",
        "transfer-encoding: chunked\r\ntransfer-encoding: x",
        "transfer-encoding: chunked, chunked"})
    EXPECT_EQ(progress_of("HTTP/1.1 200 OK\r\n" + std::string{field} + "\r\n\r\n"),
              Progress::malformed)
        << field;
}

TEST(ResponseParser, ToleratesWhatIsHarmless) {
  EXPECT_EQ(progress_of("HTTP/1.1 200 OK\nContent-Length: 1\n\nx"), Progress::complete);
  EXPECT_EQ(progress_of("HTTP/1.1 200 \r\ncontent-length: 1, 1\r\n\r\nx"), Progress::complete);
  EXPECT_EQ(progress_of("HTTP/1.1 200\r\nx: folded\r\n\tline\r\ncontent-length: 0\r\n\r\n"),
            Progress::complete);
}

TEST(ResponseParser, RefusesBadChunks) {
  for (const char* chunks : {"x\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", "\r\n", " 1\r\n", "1 2\r\n",
                             "fffffffffffffffff\r\n", "1\r\nab\r\n", "1\r\nax\r\n"})
    EXPECT_EQ(
        progress_of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + std::string{chunks}),
        Progress::malformed)
        << chunks;
  EXPECT_EQ(progress_of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;" +
                        std::string(2000, 'x')),
            Progress::malformed);
}

TEST(ResponseParser, ACodingThatIsNotChunkedEndsWithTheConnection) {
  ResponseParser parser;
  parser.start(kHeaderLimit, kBodyCap);
  std::string_view text = "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nok";
  EXPECT_EQ(parser.feed(text), Progress::incomplete);
  EXPECT_EQ(parser.finish(), Progress::complete);
}

TEST(ResponseParser, StartsAnewAfterEachResponse) {
  ResponseParser parser;
  for (int i = 0; i < 3; ++i) {
    parser.start(kHeaderLimit, kBodyCap);
    std::string_view text = "HTTP/1.1 200 OK\r\nretry-after: 1\r\ncontent-length: 2\r\n\r\nok";
    EXPECT_EQ(parser.feed(text), Progress::complete);
    EXPECT_EQ(parser.response().body, "ok");
    parser.start(kHeaderLimit, kBodyCap);
    text = "HTTP/1.1 500 x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    EXPECT_EQ(parser.feed(text), Progress::complete);
    EXPECT_EQ(parser.response().status, 500);
    EXPECT_EQ(parser.response().retry_after, "");
    EXPECT_EQ(parser.response().body, "");
  }
}

}  // namespace
}  // namespace sluice::delivery

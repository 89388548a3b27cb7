// match_stream(): its answers must not depend on chunks, threads or the speed of source and sink.
#include "sluice/stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "stream_doubles.hpp"
#include "stream_splitter.hpp"

namespace sluice {
namespace {

std::string sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = text.find('\n', from);
    lines.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  std::sort(lines.begin(), lines.end());
  std::string sorted;
  for (const std::string& line : lines) sorted += line + '\n';
  return sorted;
}

constexpr std::string_view kMixedEvents =
    "{\"event_type\":\"order.created\"}\n"
    "\n"
    "{\"event_type\":\"order.created\",\"organization\":\"acme\"}\r\n"
    "{\"event_type\":12}\n"
    "   \r\n"
    "not json\n"
    "{\"event_type\":\"user.created\",\"metadata\":{\"text\":\"a\\nb\"}}\n"
    "{\"event_type\":\"order..x\"}\n"
    "{\"type\":\"order.paid\"}";

TEST_F(Stream, CountsWhatItMatched) {
  const StreamStats stats = run(kMixedEvents, options_of(EventFormat::ndjson, 1, 1U << 18U));
  EXPECT_EQ(stats.bytes, kMixedEvents.size());
  EXPECT_EQ(stats.lines, 9U);
  EXPECT_EQ(stats.events, 4U);
  EXPECT_EQ(stats.rejected, 3U);
  EXPECT_EQ(stats.matched_events, 4U);
  EXPECT_EQ(stats.matches, 6U);
  EXPECT_EQ(stats.id_sum, 3U + 4U + 2U + 3U);
  EXPECT_TRUE(stats.is_complete);
}

TEST_F(Stream, AnswersAlikeWhereverChunksAndPiecesEnd) {
  run(kMixedEvents, options_of(EventFormat::ndjson, 1, 1U << 18U));
  for (const unsigned threads : {1U, 2U}) {
    for (std::size_t chunk_bytes = 1; chunk_bytes <= kMixedEvents.size() + 1; ++chunk_bytes) {
      TextSource source(kMixedEvents, 1 + chunk_bytes % 37);
      KeepingSink other;
      const StreamStats stats = match_stream(matcher, source, other,
                                             options_of(EventFormat::ndjson, threads, chunk_bytes));
      ASSERT_EQ(other.matched, sink.matched) << threads << " threads, chunks of " << chunk_bytes;
      ASSERT_EQ(other.bad, sink.bad) << threads << " threads, chunks of " << chunk_bytes;
      ASSERT_EQ(stats.lines, 9U) << threads << " threads, chunks of " << chunk_bytes;
    }
  }
}

TEST_F(Stream, EndsWithoutInput) {
  const StreamStats stats = run("", options_of(EventFormat::ndjson, 2, 16));
  EXPECT_EQ(stats.lines, 0U);
  EXPECT_EQ(sink.writes, 0);
  EXPECT_TRUE(stats.is_complete);
}

TEST_F(Stream, RejectsTheLineThatTheEndCutsOff) {
  run("{\"event_type\":\"order.paid\"}\n{\"event_type\":\"ord",
      options_of(EventFormat::ndjson, 1, 1U << 18U));
  EXPECT_EQ(sink.matched, "1 order.paid 1 2\n");
  EXPECT_TRUE(sink.bad.starts_with("2:")) << sink.bad;
  EXPECT_NE(sink.bad.find(describe(ErrorCode::unterminated_event)), std::string::npos) << sink.bad;
}

TEST_F(Stream, ReadsOneNameALine) {
  run("order.paid\r\n\n\r\norder..x\na.b", options_of(EventFormat::names, 1, 1U << 18U));
  EXPECT_EQ(sink.matched, "1 order.paid 1 2\n5 a.b 2\n");
  EXPECT_EQ(sink.bad, "4:6 " + std::string(describe(ErrorCode::empty_segment)) + '\n');
}

/// Keeps the first chunk back until three others have overtaken it.
class OvertakenSink : public KeepingSink {
 public:
  void encode(const MatchedChunk& chunk, std::string& out) override {
    KeepingSink::encode(chunk, out);
    std::unique_lock lock(mutex_);
    if (chunk.events.front().line == 1)
      changed_.wait_for(lock, std::chrono::minutes(1), [&] { return others_ >= 3; });
    else
      ++others_;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int others_ = 0;
};

TEST_F(Stream, KeepsInputOrderOnManyThreads) {
  const std::string text = many_names(2'000);
  run(text, options_of(EventFormat::names, 1, 1U << 18U));
  TextSource source(text);
  OvertakenSink other;
  match_stream(matcher, source, other, options_of(EventFormat::names, 4, 100));
  EXPECT_EQ(other.matched, sink.matched);
}

TEST_F(Stream, GivesTheSameLinesUnorderedAndDoesNotWaitForTheFirst) {
  const std::string text = many_names(2'000);
  run(text, options_of(EventFormat::names, 1, 1U << 18U));
  TextSource source(text);
  OvertakenSink other;
  StreamOptions options = options_of(EventFormat::names, 4, 100);
  options.is_ordered = false;
  match_stream(matcher, source, other, options);
  EXPECT_NE(other.matched, sink.matched);
  EXPECT_EQ(sorted_lines(other.matched), sorted_lines(sink.matched));
}

class Limits : public Stream {
 protected:
  /// An event of exactly `bytes`.
  static std::string event_of(std::size_t bytes) {
    std::string event = R"({"event_type":"order.paid","x":""})";
    event.insert(event.size() - 2, bytes - event.size(), 'x');
    return event;
  }
  static StreamOptions limited(unsigned threads, std::size_t chunk_bytes) {
    StreamOptions options = options_of(EventFormat::ndjson, threads, chunk_bytes);
    options.limits.event_bytes = 100;
    return options;
  }
};

TEST_F(Limits, RejectsALineThatIsTooLongAndGoesOn) {
  const std::string text = event_of(100) + "\r\n" + event_of(101) + '\n' + event_of(5'000) + '\n' +
                           event_of(300) + "\r\n\n" + event_of(50) + '\n' + event_of(400);
  const std::string too_large = ":100 " + std::string(describe(ErrorCode::event_too_large)) + '\n';
  for (const unsigned threads : {1U, 2U}) {
    for (const std::size_t chunk_bytes : {1U, 64U, 99U, 100U, 101U, 102U, 103U, 350U, 10'000U}) {
      TextSource source(text, 70);
      KeepingSink other;
      const StreamStats stats = match_stream(matcher, source, other, limited(threads, chunk_bytes));
      ASSERT_EQ(other.matched, "1 order.paid 1 2\n6 order.paid 1 2\n") << chunk_bytes;
      ASSERT_EQ(other.bad, "2" + too_large + "3" + too_large + "4" + too_large + "7" + too_large)
          << chunk_bytes;
      ASSERT_EQ(stats.bytes, text.size()) << chunk_bytes;
      ASSERT_EQ(stats.lines, 7U) << chunk_bytes;
    }
  }
}

TEST_F(Limits, JudgesAnEventAmongBlanksAlikeWhereverPiecesEnd) {
  std::string text;
  std::string expected;
  for (int line = 1; line <= 10; ++line) {
    text += event_of(90) + std::string(200, ' ') + '\n';
    expected += std::to_string(line) + " order.paid 1 2\n";
  }
  for (std::size_t piece_bytes = 1; piece_bytes < 400; ++piece_bytes) {
    TextSource source(text, piece_bytes);
    KeepingSink other;
    match_stream(matcher, source, other, limited(1, 350));
    ASSERT_EQ(other.matched, expected) << piece_bytes;
    ASSERT_EQ(other.bad, "") << piece_bytes;
  }
}

/// An endless line, up to a number of bytes.
class LongLineSource : public ByteSource {
 public:
  explicit LongLineSource(std::size_t bytes) : left_(bytes) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t bytes = std::min(left_, into.size());
    std::fill_n(into.data(), bytes, 'x');
    left_ -= bytes;
    return bytes;
  }

 private:
  std::size_t left_;
};

TEST(LineSplitter, SkipsALongLineInBoundedMemory) {
  LongLineSource source(std::size_t{10} << 20U);
  internal::LineSplitter splitter(source, 1'000, 5'000);
  internal::LineChunk chunk;
  ASSERT_TRUE(splitter.next(chunk));
  EXPECT_TRUE(chunk.is_oversized);
  EXPECT_EQ(chunk.bytes, std::size_t{10} << 20U);
  EXPECT_LE(chunk.capacity(), 5'001U);
  EXPECT_FALSE(splitter.next(chunk));
}

TEST(LineSplitter, HandsOnALineBeforeTheChunkIsFull) {
  TextSource source("a\nb", 3, ByteSource::kStopped);
  internal::LineSplitter splitter(source, 1'000, 5'000);
  internal::LineChunk chunk;
  ASSERT_TRUE(splitter.next(chunk));
  EXPECT_EQ(chunk.text, "a\n");
}

TEST(LineSplitter, CountsNewlinesInTextOfAnyLength) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) {
    if (i < 300 || i > 39'900) {
      ASSERT_EQ(internal::count_newlines(text),
                static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')));
    }
    text += i % 3 == 0 || i > 20'000 ? '\n' : 'x';
  }
}

}  // namespace
}  // namespace sluice

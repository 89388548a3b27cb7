// match_stream() when something stops: a slow sink holds the source back, either may end the
// stream, and what they throw comes out once the workers have stopped.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>

#include "sluice/stream.hpp"
#include "stream_doubles.hpp"
#include "stream_pipeline.hpp"

namespace sluice {
namespace {

using StreamFlow = Stream;

/// A line a read, and a sink that takes nothing until as much as possible is under way.
class StuckFlow : public TextSource, public KeepingSink {
 public:
  StuckFlow(std::string_view text, std::size_t line_bytes, int bound)
      : TextSource(text, line_bytes), bound_(bound) {}

  std::size_t read(std::span<char> into) override {
    const std::size_t bytes = TextSource::read(into);
    const std::lock_guard lock(mutex_);
    if (bytes != 0) most_under_way = std::max(most_under_way, ++under_way_);
    changed_.notify_all();
    return bytes;
  }
  bool write(std::string_view encoded, std::span<const RejectedEvent> rejected) override {
    std::unique_lock lock(mutex_);
    // The deadline is for machines on which oneTBB gets no second thread.
    if (writes == 0)
      changed_.wait_for(lock, std::chrono::minutes(1), [&] { return under_way_ >= bound_; });
    --under_way_;
    return KeepingSink::write(encoded, rejected);
  }

  int most_under_way = 0;

 private:
  const int bound_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int under_way_ = 0;
};

// guards I20, I21
TEST_F(StreamFlow, MakesAFastSourceWaitForASlowSink) {
  constexpr int kBound = 2 * static_cast<int>(internal::kChunksPerThread);
  std::string text;
  for (int i = 0; i < 500; ++i) text += "order.created\n";
  StuckFlow flow(text, text.size() / 500, kBound);
  const StreamStats stats =
      match_stream(matcher, flow, flow, options_of(EventFormat::names, 2, 14));
  EXPECT_EQ(stats.events, 500U);
  EXPECT_EQ(flow.writes, 500);
  EXPECT_LE(flow.most_under_way, kBound);
}

class StoppingSink : public KeepingSink {
 public:
  bool write(std::string_view encoded, std::span<const RejectedEvent> rejected) override {
    KeepingSink::write(encoded, rejected);
    return writes < 3;
  }
};

TEST_F(StreamFlow, StopsWhenTheSinkSaysSo) {
  const std::string text = many_names(1'000);
  for (const unsigned threads : {1U, 2U}) {
    TextSource source(text);
    StoppingSink stopping;
    const StreamStats stats =
        match_stream(matcher, source, stopping, options_of(EventFormat::names, threads, 20));
    EXPECT_FALSE(stats.is_complete);
    EXPECT_EQ(stopping.writes, 3);
    EXPECT_EQ(stats.events, static_cast<std::uint64_t>(std::count(stopping.matched.begin(),
                                                                  stopping.matched.end(), '\n')));
  }
}

TEST_F(StreamFlow, DropsTheBegunLineWhenTheSourceStops) {
  for (const unsigned threads : {1U, 2U}) {
    TextSource source("order.paid\norder.cre", 5, ByteSource::kStopped);
    KeepingSink other;
    const StreamStats stats =
        match_stream(matcher, source, other, options_of(EventFormat::names, threads, 64));
    EXPECT_FALSE(stats.is_complete);
    EXPECT_EQ(other.matched, "1 order.paid 1 2\n");
    EXPECT_EQ(other.bad, "");
  }
}

struct ThrownBySource : std::runtime_error {
  ThrownBySource() : std::runtime_error("source") {}
};
struct ThrownBySink : std::runtime_error {
  ThrownBySink() : std::runtime_error("sink") {}
};

class ThrowingSource : public TextSource {
 public:
  using TextSource::TextSource;
  std::size_t read(std::span<char> into) override {
    if (++reads_ > 5) throw ThrownBySource();
    return TextSource::read(into);
  }

 private:
  int reads_ = 0;
};

class SinkThatCannotEncode : public KeepingSink {
 public:
  void encode(const MatchedChunk& chunk, std::string& out) override {
    if (chunk.events.front().line > 5) throw ThrownBySink();
    KeepingSink::encode(chunk, out);
  }
};

class SinkThatCannotWrite : public KeepingSink {
 public:
  bool write(std::string_view encoded, std::span<const RejectedEvent> rejected) override {
    KeepingSink::write(encoded, rejected);
    if (writes == 5) throw ThrownBySink();
    return true;
  }
};

TEST_F(StreamFlow, RethrowsWhatSourceAndSinkThrow) {
  const std::string text = many_names(1'000);
  for (const unsigned threads : {1U, 2U}) {
    const StreamOptions options = options_of(EventFormat::names, threads, 20);
    ThrowingSource throwing(text, 20);
    EXPECT_THROW(match_stream(matcher, throwing, sink, options), ThrownBySource);
    TextSource source(text);
    SinkThatCannotEncode cannot_encode;
    EXPECT_THROW(match_stream(matcher, source, cannot_encode, options), ThrownBySink);
    SinkThatCannotWrite cannot_write;
    EXPECT_THROW(match_stream(matcher, source, cannot_write, options), ThrownBySink);
    EXPECT_EQ(cannot_write.writes, 5);
  }
}

}  // namespace
}  // namespace sluice

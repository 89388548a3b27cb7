// A source and a sink that the tests of match_stream() look into, and subscriptions to match.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "sluice/stream.hpp"

namespace sluice {

/// Gives a text in pieces of a fixed size, then what `at_end` says.
class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string_view text, std::size_t piece_bytes = 1U << 20U,
                      std::size_t at_end = 0)
      : text_(text), piece_bytes_(piece_bytes), at_end_(at_end) {}

  std::size_t read(std::span<char> into) override {
    if (text_.empty()) return at_end_;
    const std::size_t bytes = std::min({text_.size(), into.size(), piece_bytes_});
    std::memcpy(into.data(), text_.data(), bytes);
    text_.remove_prefix(bytes);
    return bytes;
  }

 private:
  std::string_view text_;
  const std::size_t piece_bytes_;
  const std::size_t at_end_;
};

/// Keeps all that it is given, as text that a failed test can print.
class KeepingSink : public MatchSink {
 public:
  void encode(const MatchedChunk& chunk, std::string& out) override {
    for (std::size_t i = 0; i < chunk.events.size(); ++i) {
      out += std::to_string(chunk.events[i].line) + ' ' + std::string(chunk.events[i].name);
      for (const SubscriptionId id : chunk.matches[i])
        out += ' ' + std::to_string(static_cast<std::uint32_t>(id));
      out += '\n';
    }
  }
  bool write(std::string_view encoded, std::span<const RejectedEvent> rejected) override {
    ++writes;
    matched += encoded;
    for (const RejectedEvent& event : rejected) {
      bad += std::to_string(event.line) + ':' + std::to_string(event.error.offset) + ' ' +
             std::string(describe(event.error.code)) + '\n';
    }
    return true;
  }

  int writes = 0;
  std::string matched;
  std::string bad;
};

class Stream : public testing::Test {
 protected:
  Stream() {
    using namespace literals;
    matcher.put(SubscriptionId{1}, "", {"order.*"_pattern});
    matcher.put(SubscriptionId{2}, "", {"**"_pattern});
    matcher.put(SubscriptionId{4}, "acme", {"order.created"_pattern});
  }

  StreamStats run(std::string_view text, const StreamOptions& options) {
    TextSource source(text);
    return match_stream(matcher, source, sink, options);
  }

  Matcher matcher;
  KeepingSink sink;
};

inline StreamOptions options_of(EventFormat format, unsigned threads, std::size_t chunk_bytes) {
  StreamOptions options;
  options.format = format;
  options.threads = threads;
  options.chunk_bytes = chunk_bytes;
  options.reader.cache_bytes = std::size_t{64} << 10U;  // a big one is slow to make
  return options;
}

inline std::string many_names(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "order.n" + std::to_string(i) + '\n';
  return text;
}

}  // namespace sluice

// match_stream(): a flood of bytes, decoded and matched on several threads (oneTBB inside), with
// bounded memory: a source that is faster than the sink waits for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "sluice/event.hpp"
#include "sluice/matcher.hpp"

namespace sluice {

/// Where the bytes come from. Called from one thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// What read() says to end the stream early: the line that has begun is dropped, not rejected.
  static constexpr std::size_t kStopped = std::numeric_limits<std::size_t>::max();

  /// Fills a part of `into`, and says how many bytes; 0 is the end. What it throws ends the stream.
  virtual std::size_t read(std::span<char> into) = 0;
};

/// One decoded and matched chunk of whole lines. `matches[i]` belongs to `events[i]`.
struct MatchedChunk {
  std::span<const Event> events;
  const MatchedBatch& matches;
  std::span<const RejectedEvent> rejected;
};

/// Where the matches go: encode() turns a chunk into bytes, on many threads at once; write() takes
/// them, one chunk at a time, in input order unless the options say otherwise.
class MatchSink {
 public:
  virtual ~MatchSink() = default;
  virtual void encode(const MatchedChunk& chunk, std::string& out) = 0;
  /// `rejected` are the chunk's, for reports that must keep the order of lines.
  /// False: stop the stream (the rest of the input is not read).
  virtual bool write(std::string_view encoded, std::span<const RejectedEvent> rejected) = 0;
};

enum class EventFormat : std::uint8_t {
  ndjson,  // an event object per line
  names,   // an event name per line, in the empty scope
};

struct StreamOptions {
  EventFormat format = EventFormat::ndjson;
  unsigned threads = 1;  // 1 runs inline on the calling thread
  bool is_ordered = true;
  std::size_t chunk_bytes = std::size_t{256} << 10U;
  DecoderLimits limits = {};
  ReaderOptions reader = {};
};

/// Totals. `id_sum` is the sum, modulo 2^64, of the matched ids over all events: a digest of the
/// answers.
struct StreamStats {
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::uint64_t events = 0;  // accepted
  std::uint64_t rejected = 0;
  std::uint64_t matched_events = 0;
  std::uint64_t matches = 0;
  std::uint64_t id_sum = 0;
  bool is_complete = false;  // false: the sink or the source asked to stop
};

/// Reads `source` to its end and gives what matches to `sink`.
/// Memory: at most 4 chunks per thread, each of chunk_bytes plus one event and its output.
/// Errors: what source or sink throws, after every worker has stopped; std::bad_alloc.
StreamStats match_stream(const Matcher& matcher, ByteSource& source, MatchSink& sink,
                         const StreamOptions& options);

}  // namespace sluice

// What one thread of match_stream() keeps warm: a decoder, a Reader and the buffers between them.
#pragma once

#include <string>
#include <vector>

#include "sluice/matcher.hpp"
#include "sluice/stream.hpp"
#include "stream_names.hpp"
#include "stream_splitter.hpp"

namespace sluice::internal {

/// What became of a chunk; reused, so that its buffers stay warm.
struct ChunkOutcome {
  std::string encoded;
  std::vector<RejectedEvent> rejected;
  StreamStats counts;  // of this chunk alone
};

void add_counts(StreamStats& total, const StreamStats& counts) noexcept;

/// Thread safety: one thread at a time.
class StreamWorker {
 public:
  StreamWorker(const Matcher& matcher, MatchSink& sink, const StreamOptions& options);

  /// Decodes and matches `chunk`, and has the sink encode the result.
  /// Errors: what the sink throws; std::bad_alloc.
  void process(const LineChunk& chunk, ChunkOutcome& outcome);

 private:
  DecodedEvents decode(const LineChunk& chunk);

  const DecoderLimits limits_;
  const EventFormat format_;
  MatchSink& sink_;
  Reader reader_;
  EventDecoder events_;
  NameDecoder names_;
  RejectedEvent oversized_;
  std::vector<Query> queries_;
};

}  // namespace sluice::internal

#include "sluice/stream.hpp"

#include "stream_pipeline.hpp"
#include "stream_splitter.hpp"
#include "stream_worker.hpp"

namespace sluice {
namespace internal {
namespace {

bool run_inline(const Matcher& matcher, LineSplitter& splitter, MatchSink& sink,
                const StreamOptions& options, StreamStats& stats) {
  StreamWorker worker(matcher, sink, options);
  LineChunk chunk;
  ChunkOutcome outcome;
  while (splitter.next(chunk)) {
    chunk.first_line = stats.lines + 1;
    worker.process(chunk, outcome);
    add_counts(stats, outcome.counts);
    if (!sink.write(outcome.encoded, outcome.rejected)) return false;
  }
  return true;
}

}  // namespace
}  // namespace internal

StreamStats match_stream(const Matcher& matcher, ByteSource& source, MatchSink& sink,
                         const StreamOptions& options) {
  // A carriage return before the newline is no part of the event.
  internal::LineSplitter splitter(source, options.chunk_bytes, options.limits.event_bytes + 1);
  StreamStats stats;
  const bool was_finished = options.threads <= 1
                                ? internal::run_inline(matcher, splitter, sink, options, stats)
                                : internal::run_pipeline(matcher, splitter, sink, options, stats);
  stats.is_complete = was_finished && !splitter.was_stopped();
  return stats;
}

}  // namespace sluice

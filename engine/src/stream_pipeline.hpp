// The threads of match_stream(): a oneTBB pipeline that reads on one thread at a time, works on
// many, and writes on one at a time again.
#pragma once

#include "sluice/stream.hpp"
#include "stream_splitter.hpp"

namespace sluice::internal {

/// Chunks that may be between source and sink at once, for each thread: it is the memory bound and
/// what makes a fast source wait for a slow sink.
inline constexpr std::size_t kChunksPerThread = 4;

/// Runs the stream on `options.threads` threads. False: the sink stopped it.
/// Errors: what source or sink throws, after every worker has stopped; std::bad_alloc.
bool run_pipeline(const Matcher& matcher, LineSplitter& splitter, MatchSink& sink,
                  const StreamOptions& options, StreamStats& stats);

}  // namespace sluice::internal

// What an operator may choose about the intake of events.
#pragma once

#include <chrono>
#include <cstddef>

#include "sluice/event.hpp"
#include "sluice/matcher.hpp"

namespace sluice::ingest {

struct IntakeOptions {
  /// Threads that decode large bodies; 0 takes one for each processor.
  unsigned threads = 0;
  DecoderLimits limits = {};  // of one event
  /// Each thread that decodes has a Reader of its own.
  ReaderOptions reader = {.cache_bytes = std::size_t{16} << 20U};
  /// A body of up to this many bytes is decoded on the thread that calls finish().
  std::size_t inline_bytes = std::size_t{64} << 10U;
  std::size_t chunk_bytes = std::size_t{256} << 10U;
  /// Chunks that may wait to be decoded: of one body, and of all bodies.
  std::size_t chunks_per_body = 4;
  std::size_t chunks = 256;
  /// How long a body that has begun waits for room in the journal before it fails with 503.
  std::chrono::seconds patience{30};
  std::chrono::seconds retry_after{1};  // what 429 and 503 tell
};

}  // namespace sluice::ingest

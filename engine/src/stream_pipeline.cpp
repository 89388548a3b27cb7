#include "stream_pipeline.hpp"

#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <memory>
#include <vector>

#include "stream_worker.hpp"

// Roles:      the read stage and the write stage run on any thread, each on one at a time; the work
//             stage runs on many. oneTBB orders the stages of one slot one after the other.
// Invariants: I20 a slot is in free_ or in exactly one stage. I21 no more than slots_.size() chunks
//             are under way, so that the read stage always finds a free slot.

namespace sluice::internal {
namespace {

struct Slot {
  LineChunk chunk;
  ChunkOutcome outcome;
};

class Pipeline {
 public:
  Pipeline(const Matcher& matcher, LineSplitter& splitter, MatchSink& sink,
           const StreamOptions& options)
      : splitter_(splitter),
        sink_(sink),
        is_ordered_(options.is_ordered),
        slots_(kChunksPerThread * options.threads),
        workers_([&] { return std::make_unique<StreamWorker>(matcher, sink, options); }),
        arena_(static_cast<int>(options.threads)) {
    for (Slot& slot : slots_) free_.push(&slot);
  }

  bool run(StreamStats& stats) {
    namespace flow = oneapi::tbb;
    const flow::filter_mode write_mode =
        is_ordered_ ? flow::filter_mode::serial_in_order : flow::filter_mode::serial_out_of_order;
    const auto stages =
        flow::make_filter<void, Slot*>(flow::filter_mode::serial_in_order,
                                       [this](flow::flow_control& flow) { return read(flow); }) &
        flow::make_filter<Slot*, Slot*>(flow::filter_mode::parallel,
                                        [this](Slot* slot) { return work(slot); }) &
        flow::make_filter<Slot*, void>(write_mode, [&](Slot* slot) { write(slot, stats); });
    arena_.execute([&] { flow::parallel_pipeline(slots_.size(), stages); });
    // relaxed: parallel_pipeline() has joined the write stage, the only writer.
    return !is_stopped_.load(std::memory_order_relaxed);
  }

 private:
  Slot* read(oneapi::tbb::flow_control& flow) {
    Slot* slot = nullptr;
    [[maybe_unused]] const bool is_free = free_.try_pop(slot);
    assert(is_free);  // I21
    // relaxed: a stale value only reads a chunk that will not be written.
    if (is_stopped_.load(std::memory_order_relaxed) || !splitter_.next(slot->chunk)) {
      flow.stop();
      return nullptr;
    }
    slot->chunk.first_line = next_line_;
    next_line_ += slot->chunk.is_oversized ? 1 : count_newlines(slot->chunk.text);
    return slot;
  }

  Slot* work(Slot* slot) {
    workers_.local()->process(slot->chunk, slot->outcome);
    return slot;
  }

  void write(Slot* slot, StreamStats& stats) {
    // relaxed: both the loads and the store here are of the one thread in this stage.
    if (!is_stopped_.load(std::memory_order_relaxed)) {
      add_counts(stats, slot->outcome.counts);
      if (!sink_.write(slot->outcome.encoded, slot->outcome.rejected))
        is_stopped_.store(true, std::memory_order_relaxed);
    }
    free_.push(slot);
  }

  LineSplitter& splitter_;
  MatchSink& sink_;
  const bool is_ordered_;
  std::vector<Slot> slots_;
  oneapi::tbb::concurrent_queue<Slot*> free_;
  oneapi::tbb::enumerable_thread_specific<std::unique_ptr<StreamWorker>> workers_;
  oneapi::tbb::task_arena arena_;
  std::uint64_t next_line_ = 1;          // read stage only
  std::atomic<bool> is_stopped_{false};  // the write stage writes, the read stage reads
};

}  // namespace

bool run_pipeline(const Matcher& matcher, LineSplitter& splitter, MatchSink& sink,
                  const StreamOptions& options, StreamStats& stats) {
  namespace tbb = oneapi::tbb;
  // More threads than cores are what the caller asked for; oneTBB refuses them unless it is told so
  // (and prints that it does). Never less than its default: others in the process may use it too.
  const auto default_threads = static_cast<std::size_t>(tbb::info::default_concurrency());
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  std::max<std::size_t>(options.threads, default_threads));
  Pipeline pipeline(matcher, splitter, sink, options);
  return pipeline.run(stats);
}

}  // namespace sluice::internal

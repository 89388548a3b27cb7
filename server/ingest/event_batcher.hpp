// What one thread keeps warm to turn lines into batches: a decoder, a Reader, a builder and the
// buffers between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "ingest/body_outcome.hpp"
#include "ingest/body_place.hpp"
#include "ingest/event_sink.hpp"
#include "ingest/intake_options.hpp"
#include "ingest/time_check.hpp"
#include "sluice/event.hpp"
#include "sluice/matcher.hpp"

namespace sluice::ingest {

/// Thread safety: one thread at a time.
class EventBatcher {
 public:
  /// Records are cut at about this size. It bounds what a batch costs when events reach very many
  /// webhooks, and is far above what a chunk makes when they do not.
  static constexpr std::size_t kRecordBytes = std::size_t{1} << 20U;
  /// A call that has appended so much leaves the rest to the next one.
  static constexpr std::size_t kAppendedBytes = std::size_t{4} << 20U;

  EventBatcher(const Matcher& matcher, EventSink& sink, const base::Clock& clock,
               const IntakeOptions& options);

  /// Decodes, matches and appends the events of whole lines, and counts in `place` and `outcome`.
  /// Returns what is left when too much was appended: the lines from an event on.
  /// `lines` are followed by EventDecoder::kPadding readable bytes. Errors: std::bad_alloc.
  std::string_view process(std::string_view lines, BodyPlace& place,
                           const std::shared_ptr<BodyOutcome>& outcome);

 private:
  struct Run;

  const MatchedBatch& match(std::span<const Event> events, std::string_view scope);
  void take(Run& run, std::size_t event, std::span<const std::uint32_t> webhooks);
  bool add(const Run& run, std::size_t event, std::span<const std::uint32_t> webhooks);
  void append(const Run& run);

  EventSink& sink_;
  const base::Clock& clock_;
  EventDecoder decoder_;
  Reader reader_;
  journal::BatchBuilder builder_;
  TimeCheck times_;
  MatchedEvents matched_;                // of the events in builder_
  std::vector<Query> queries_;           // of the events that are matched together
  std::vector<std::uint32_t> webhooks_;  // and what they reach, one after the other
  std::size_t group_;                    // how many that are
  std::size_t appended_bytes_ = 0;       // by this call
};

}  // namespace sluice::ingest

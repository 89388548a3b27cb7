#include "stream_worker.hpp"

namespace sluice::internal {

void add_counts(StreamStats& total, const StreamStats& counts) noexcept {
  total.bytes += counts.bytes;
  total.lines += counts.lines;
  total.events += counts.events;
  total.rejected += counts.rejected;
  total.matched_events += counts.matched_events;
  total.matches += counts.matches;
  total.id_sum += counts.id_sum;
}

StreamWorker::StreamWorker(const Matcher& matcher, MatchSink& sink, const StreamOptions& options)
    : limits_(options.limits),
      format_(options.format),
      sink_(sink),
      reader_(matcher, options.reader),
      events_(options.limits),
      names_(options.limits) {}

void StreamWorker::process(const LineChunk& chunk, ChunkOutcome& outcome) {
  const DecodedEvents decoded = decode(chunk);
  queries_.clear();
  for (const Event& event : decoded.events)
    queries_.push_back({.name = event.name, .scope = event.organization});
  const MatchedBatch& matches = reader_.match(queries_);

  StreamStats counts{.bytes = chunk.bytes,
                     .lines = decoded.lines,
                     .events = decoded.events.size(),
                     .rejected = decoded.rejected.size(),
                     .matches = matches.ids().size()};
  for (std::size_t i = 0; i < matches.size(); ++i)
    counts.matched_events += matches[i].empty() ? 0 : 1;
  for (const SubscriptionId id : matches.ids()) counts.id_sum += static_cast<std::uint32_t>(id);

  outcome.counts = counts;
  outcome.rejected.assign(decoded.rejected.begin(), decoded.rejected.end());
  outcome.encoded.clear();
  sink_.encode({decoded.events, matches, decoded.rejected}, outcome.encoded);
}

DecodedEvents StreamWorker::decode(const LineChunk& chunk) {
  if (chunk.is_oversized) {
    oversized_ = {chunk.first_line, {ErrorCode::event_too_large, limits_.event_bytes}};
    return {.events = {}, .origins = {}, .rejected = {&oversized_, 1}, .lines = 1};
  }
  if (format_ == EventFormat::names) return names_.decode_lines(chunk.text, chunk.first_line);
  return events_.decode_lines(chunk.text, chunk.first_line);
}

}  // namespace sluice::internal

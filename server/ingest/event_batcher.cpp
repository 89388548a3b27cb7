#include "ingest/event_batcher.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "ingest/cloud_event.hpp"
#include "ingest/fault.hpp"
#include "ingest/organisation_scope.hpp"

namespace sluice::ingest {
namespace {

constexpr std::size_t kMaxGroup = 32;           // a Reader walks no more at once
constexpr std::size_t kIdsOfGroup = 1U << 18U;  // above it, fewer events are matched together

}  // namespace

/// One call of process().
struct EventBatcher::Run {
  const DecodedEvents& decoded;
  std::string_view lines;  // which hold them
  BodyPlace& place;
  const std::shared_ptr<BodyOutcome>& outcome;
  std::size_t rejected = 0;  // of the decoder's rejections, told to the outcome

  void reject(std::uint64_t line, const Fault& fault,
              std::optional<std::size_t> offset = std::nullopt) const {
    place.reject(line, fault, *outcome, offset);
  }

  /// Tells of everything that is wrong before `line`.
  void reject_before(std::uint64_t line) {
    for (; rejected != decoded.rejected.size(); ++rejected) {
      const RejectedEvent& next = decoded.rejected[rejected];
      if (next.line >= line) break;
      place.reject_gaps(*outcome, next.line);
      reject(next.line, fault_of(next.error.code), next.error.offset);
    }
    place.reject_gaps(*outcome, line);
  }

  std::uint64_t end() const { return place.line + decoded.lines; }
};

EventBatcher::EventBatcher(const Matcher& matcher, EventSink& sink, const base::Clock& clock,
                           const IntakeOptions& options)
    : sink_(sink),
      clock_(clock),
      decoder_(options.limits, EventFields::ingest),
      reader_(matcher, options.reader),
      builder_(sink.make_builder()),
      group_(kMaxGroup) {}

std::string_view EventBatcher::process(std::string_view lines, BodyPlace& place,
                                       const std::shared_ptr<BodyOutcome>& outcome) {
  const DecodedEvents decoded = decoder_.decode_lines(lines, place.line);
  const OrganisationScope scope{place.organisation};
  Run run{decoded, lines, place, outcome};
  appended_bytes_ = 0;
  matched_.clear();
  for (std::size_t next = 0; next != decoded.events.size();) {
    const std::span<const Event> group =
        decoded.events.subspan(next, std::min(group_, decoded.events.size() - next));
    const MatchedBatch& matches = match(group, scope.text());
    std::span<const std::uint32_t> webhooks{webhooks_};
    for (std::size_t i = 0; i != group.size(); ++i) {
      const std::size_t hits = matches[i].size();
      take(run, next + i, webhooks.first(hits));
      webhooks = webhooks.subspan(hits);
    }
    next += group.size();
    if (matched_.size() != 0 && builder_.record_bytes() >= kRecordBytes) append(run);
    if (appended_bytes_ < kAppendedBytes || next == decoded.events.size()) continue;
    const Event& rest = decoded.events[next];
    run.reject_before(rest.line);
    if (matched_.size() != 0) append(run);
    place.line = rest.line;
    return lines.substr(static_cast<std::size_t>(rest.json.data() - lines.data()));
  }
  run.reject_before(run.end());
  if (matched_.size() != 0) append(run);
  place.line = run.end();
  return {};
}

const MatchedBatch& EventBatcher::match(std::span<const Event> events, std::string_view scope) {
  queries_.clear();
  for (const Event& event : events) queries_.push_back({event.name, scope});
  const MatchedBatch& matches = reader_.match(queries_);
  const std::span<const SubscriptionId> ids = matches.ids();
  static_assert(sizeof(SubscriptionId) == sizeof(std::uint32_t));
  webhooks_.resize(ids.size());
  if (!ids.empty()) std::memcpy(webhooks_.data(), ids.data(), ids.size_bytes());
  if (ids.size() > kIdsOfGroup) {
    group_ = std::max<std::size_t>(1, group_ / 2);
  } else if (ids.size() < kIdsOfGroup / 2) {
    group_ = std::min(kMaxGroup, group_ * 2);
  }
  return matches;
}

/// The event joins the batch, or is rejected.
void EventBatcher::take(Run& run, std::size_t event, std::span<const std::uint32_t> webhooks) {
  const std::uint64_t line = run.decoded.events[event].line;
  const EventOrigin& origin = run.decoded.origins[event];
  run.reject_before(line);
  const Fault* fault = run.place.needs_cloud_events ? missing_attribute(origin) : nullptr;
  if (fault == nullptr && origin.occurred_at.data() != nullptr &&
      !times_.is_time(origin.occurred_at))
    fault = &kBadOccurredAt;
  if (fault == nullptr && !add(run, event, webhooks)) fault = &kTooManyWebhooks;
  if (fault != nullptr) {
    run.reject(line, *fault);
  } else {
    matched_.add(!webhooks.empty());
    ++run.place.items;
  }
}

bool EventBatcher::add(const Run& run, std::size_t event, std::span<const std::uint32_t> webhooks) {
  const std::string_view json = run.decoded.events[event].json;
  const EventOrigin& origin = run.decoded.origins[event];
  if (matched_.size() != 0) {
    if (builder_.add(json, origin.id, webhooks, origin.source)) return true;
    append(run);
  }
  const std::size_t events = run.decoded.events.size() - event;
  const auto bytes = static_cast<std::size_t>(run.lines.data() + run.lines.size() - json.data());
  const std::size_t behind = run.place.needs_cloud_events ? events * sizeof(journal::Fingerprint) : 0;
  builder_.start(run.place.organisation, clock_.now(), events, std::min(bytes + behind, kRecordBytes));
  return builder_.add(json, origin.id, webhooks, origin.source);
}

void EventBatcher::append(const Run& run) {
  appended_bytes_ += builder_.record_bytes();
  run.outcome->expect();
  try {
    sink_.append(builder_.finish(),
                 [outcome = run.outcome, events = std::exchange(matched_, {})](
                     const journal::AppendResult& result) { outcome->settle(result, events); });
  } catch (...) {
    journal::AppendResult refused;
    refused.error = std::make_error_code(std::errc::not_enough_memory);
    run.outcome->settle(refused, {});
    throw;
  }
}

}  // namespace sluice::ingest

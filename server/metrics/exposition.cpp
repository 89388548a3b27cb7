#include "metrics/exposition.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <limits>
#include <string_view>
#include <utility>

#include "domain/channel.hpp"

namespace sluice::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;
using Labels = std::vector<std::pair<std::string, std::string>>;

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

/// The metrics' buckets. Each is a bound of the counts, so that nothing is counted in a wrong one.
constexpr std::array<std::chrono::microseconds, 16> kDurationBounds{
    std::chrono::microseconds{100},       std::chrono::microseconds{250},
    std::chrono::microseconds{500},       std::chrono::microseconds{1'000},
    std::chrono::microseconds{2'500},     std::chrono::microseconds{5'000},
    std::chrono::microseconds{10'000},    std::chrono::microseconds{25'000},
    std::chrono::microseconds{50'000},    std::chrono::microseconds{100'000},
    std::chrono::microseconds{250'000},   std::chrono::microseconds{500'000},
    std::chrono::microseconds{1'000'000}, std::chrono::microseconds{2'500'000},
    std::chrono::microseconds{5'000'000}, std::chrono::microseconds{10'000'000}};
static_assert(std::ranges::all_of(kDurationBounds, [](std::chrono::microseconds bound) {
  return std::ranges::binary_search(base::Durations::kBounds, bound);
}));

/// Families in the order in which they are added.
class Page {
 public:
  /// A family; what is added follows into it.
  Page& family(MetricType type, std::string name, std::string help) {
    families_.push_back({std::move(name), std::move(help), type, {}});
    return *this;
  }
  Page& counter(std::string name, std::string help) {
    return family(MetricType::Counter, std::move(name), std::move(help));
  }
  Page& gauge(std::string name, std::string help) {
    return family(MetricType::Gauge, std::move(name), std::move(help));
  }
  Page& histogram(std::string name, std::string help) {
    return family(MetricType::Histogram, std::move(name), std::move(help));
  }

  Page& add(std::integral auto value, Labels labels = {}) {
    return add(static_cast<double>(value), std::move(labels));
  }
  Page& add(double value, Labels labels = {}) {
    ClientMetric& metric = new_metric(std::move(labels));
    if (families_.back().type == MetricType::Counter)
      metric.counter.value = value;
    else
      metric.gauge.value = value;
    return *this;
  }
  Page& add(const base::Durations& durations, Labels labels = {}) {
    ClientMetric& metric = new_metric(std::move(labels));
    std::uint64_t count = 0;
    std::size_t bucket = 0;
    for (const std::chrono::microseconds bound : kDurationBounds) {
      for (const std::size_t end = base::Durations::bucket_of(bound); bucket <= end; ++bucket)
        count += durations.counts.at(bucket);
      metric.histogram.bucket.push_back({count, seconds(bound)});
    }
    for (; bucket < durations.counts.size(); ++bucket) count += durations.counts.at(bucket);
    metric.histogram.bucket.push_back({count, std::numeric_limits<double>::infinity()});
    metric.histogram.sample_count = count;
    metric.histogram.sample_sum = seconds(durations.sum);
    return *this;
  }

  std::string text() const { return prometheus::TextSerializer{}.Serialize(families_); }

 private:
  ClientMetric& new_metric(Labels labels) {
    ClientMetric& metric = families_.back().metric.emplace_back();
    for (auto& [name, value] : labels) metric.label.push_back({std::move(name), std::move(value)});
    return metric;
  }

  std::vector<prometheus::MetricFamily> families_;
};

void add_events(Page& page, const domain::IntakeCounts& events) {
  page.counter("sluice_events_total", "Events that were sent in, by what became of them.")
      .add(events.accepted, {{"result", "accepted"}})
      .add(events.duplicates, {{"result", "duplicate"}})
      .add(events.rejected, {{"result", "rejected"}});
  page.counter("sluice_events_matched_total", "Accepted events that at least one webhook wanted.")
      .add(events.matched);
}

void add_matcher(Page& page, const MatcherStats& matcher) {
  page.gauge("sluice_matcher_webhooks", "Active webhooks that events are matched against.")
      .add(matcher.subscriptions);
  page.gauge("sluice_matcher_index_bytes", "Memory of the index, what awaits release included.")
      .add(matcher.index_bytes);
  page.gauge("sluice_matcher_pending_bytes", "Of the index, what awaits the end of a grace period.")
      .add(matcher.pending_bytes);
}

void add_journal(Page& page, const Snapshot& snapshot) {
  const journal::JournalStats& journal = snapshot.journal;
  page.gauge("sluice_journal_disk_bytes", "Size of the journal's segments.").add(journal.disk_bytes);
  page.gauge("sluice_journal_segments", "Files of the journal.").add(journal.segments);
  page.gauge("sluice_journal_backlog_bytes", "From the oldest event that is still owed to the newest.")
      .add(journal.backlog_bytes);
  page.gauge("sluice_journal_backlog_limit_bytes", "The backlog at which events are refused.")
      .add(snapshot.backlog_limit_bytes);
  page.gauge("sluice_journal_queued_bytes", "Batches that wait to be written.")
      .add(journal.queued_bytes);
  page.counter("sluice_journal_commits_total", "Groups of batches that were written.")
      .add(journal.commits);
  page.histogram("sluice_journal_commit_duration_seconds",
                 "Writing a group, and with durability fsync waiting for the disk.")
      .add(journal.commit_durations);
  page.gauge("sluice_journal_oldest_sequence", "Number of the oldest event that is kept.")
      .add(journal.first);
  page.gauge("sluice_journal_newest_sequence", "Number of the newest event.")
      .add(journal.committed_through);
  page.gauge("sluice_journal_remembered_ids", "Event ids that tell duplicates.")
      .add(journal.remembered_ids);
  page.gauge("sluice_journal_refusing", "1 while the disk takes nothing, and events are refused.")
      .add(journal.refusal ? 1 : 0);
}

void add_routes(Page& page, const Snapshot& snapshot) {
  const auto labels_of = [&](std::size_t route) -> Labels {
    const std::string& name = snapshot.route_names.at(route);
    const auto space = name.find(' ');
    return {{"method", name.substr(0, space)}, {"route", name.substr(space + 1)}};
  };
  const auto& routes = snapshot.http.routes;
  page.counter("sluice_http_requests_total", "Answered requests that took a route.");
  for (std::size_t i = 0; i < routes.size(); ++i) {
    for (std::size_t status_class = 2; status_class < 6; ++status_class) {
      Labels labels = labels_of(i);
      labels.emplace_back("code", std::to_string(status_class) + "xx");
      page.add(routes[i].responses_by_class.at(status_class), std::move(labels));
    }
  }
  page.histogram("sluice_http_request_duration_seconds", "From a request's whole head to its answer.");
  for (std::size_t i = 0; i < routes.size(); ++i) page.add(routes[i].durations, labels_of(i));
}

void add_http(Page& page, const http::ServerStats& http) {
  page.gauge("sluice_http_connections", "Open connections.").add(http.connections_open);
  page.counter("sluice_http_connections_accepted_total", "Connections that were taken.")
      .add(http.connections_accepted);
  page.counter("sluice_http_connections_refused_total", "Connections beyond a limit.")
      .add(http.refused_connection_limit, {{"limit", "total"}})
      .add(http.refused_address_limit, {{"limit", "address"}});
  page.counter("sluice_http_requests_refused_total", "Requests that reached no route.")
      .add(http.refused_malformed, {{"reason", "malformed"}})
      .add(http.refused_too_large, {{"reason", "too_large"}})
      .add(http.timeouts, {{"reason", "timeout"}});
  page.counter("sluice_http_received_bytes_total", "Bytes of requests.").add(http.bytes_received);
  page.counter("sluice_http_sent_bytes_total", "Bytes of answers.").add(http.bytes_sent);
}

void add_delivery(Page& page, const delivery::DispatcherStats& delivery) {
  page.counter("sluice_delivery_deliveries_total", "Deliveries that ended; a batch is one.")
      .add(delivery.delivered, {{"result", "delivered"}})
      .add(delivery.dead, {{"result", "dead"}});
  page.counter("sluice_delivery_crowding_total",
               "Dead deliveries that were given up to make room in the backlog.")
      .add(delivery.crowding);
  page.counter("sluice_delivery_events_delivered_total", "Events in deliveries that arrived.")
      .add(delivery.delivered_events);
  page.counter("sluice_delivery_attempts_failed_total", "Attempts that failed.")
      .add(delivery.failed_attempts);
  page.counter("sluice_delivery_attempts_unlogged_total",
               "Attempts that are not in the log, since the disk could not follow.")
      .add(delivery.attempts_dropped);
  page.histogram("sluice_delivery_attempt_duration_seconds", "Attempts, whatever their outcome.");
  for (const auto kind : {domain::ChannelKind::webhook, domain::ChannelKind::slack,
                          domain::ChannelKind::email, domain::ChannelKind::sms}) {
    page.add(delivery.attempt_durations.at(static_cast<std::size_t>(kind)),
             {{"kind", std::string{to_text(kind)}}});
  }
  page.gauge("sluice_delivery_pending", "Deliveries that are owed, by where they are.")
      .add(delivery.queued, {{"state", "queued"}})
      .add(delivery.behind, {{"state", "behind"}})
      .add(delivery.in_flight, {{"state", "in_flight"}})
      .add(delivery.waiting, {{"state", "waiting"}});
  page.gauge("sluice_delivery_in_flight_bytes", "Events of the deliveries that are on their way.")
      .add(delivery.in_flight_bytes);
  page.gauge("sluice_delivery_channels", "Channels that are owed something; of them, by condition.")
      .add(delivery.channels, {{"condition", "any"}})
      .add(delivery.open_circuits, {{"condition", "circuit_open"}})
      .add(delivery.paused_channels, {{"condition", "paused"}})
      .add(delivery.lagging_channels, {{"condition", "lagging"}});
  page.gauge("sluice_delivery_feed_age_seconds", "How far delivery is behind the journal.")
      .add(seconds(delivery.feed_age));
  page.counter("sluice_delivery_webhooks_disabled_total", "Webhooks that delivery gave up.")
      .add(delivery.webhooks_disabled);
  page.counter("sluice_delivery_unreadable_events_total", "Events whose journal record is damaged.")
      .add(delivery.unreadable_events);
}

void add_process(Page& page, const ProcessStats& process) {
  page.counter("process_cpu_seconds_total", "User and system processor time.")
      .add(process.cpu_seconds);
  page.gauge("process_start_time_seconds", "Start, since 1970.").add(process.started_at);
  page.gauge("process_resident_memory_bytes", "Resident memory.").add(process.resident_bytes);
  page.gauge("process_open_fds", "Open file descriptors.").add(process.open_files);
  page.gauge("process_max_fds", "Most file descriptors that may be open.").add(process.max_files);
}

}  // namespace

std::string exposition(const Snapshot& snapshot) {
  Page page;
  page.gauge("sluice_build_info", "Always 1.").add(1, {{"version", snapshot.version}});
  add_events(page, snapshot.events);
  add_matcher(page, snapshot.matcher);
  add_journal(page, snapshot);
  add_routes(page, snapshot);
  add_http(page, snapshot.http);
  if (snapshot.delivery) add_delivery(page, *snapshot.delivery);
  add_process(page, snapshot.process);
  return page.text();
}

}  // namespace sluice::metrics

#include "delivery/recovery.hpp"

#include <algorithm>
#include <utility>

#include "delivery/event_type_reader.hpp"
#include "delivery/patient_scan.hpp"
#include "delivery/recipient_outcomes.hpp"
#include "delivery/timetable.hpp"
#include "sluice/matcher.hpp"

namespace sluice::delivery {
namespace {

constexpr std::size_t kJobs = 16;
constexpr std::size_t kPage = 128;         // deliveries that are queued at once
constexpr std::size_t kEventsAStep = 256;  // that are looked at
constexpr std::size_t kBytesAStep = std::size_t{256} << 10U;

bool contains(std::span<const std::uint32_t> numbers, std::uint32_t number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

/// What a webhook's patterns cover, asked of the engine itself.
class Cover {
 public:
  explicit Cover(const std::vector<std::string>& patterns) : reader_(matcher_, {0}) {
    std::vector<Pattern> parsed;
    for (const std::string& text : patterns)
      if (const Result<Pattern> pattern = Pattern::parse(text)) parsed.push_back(*pattern);
    matcher_.put(SubscriptionId{1}, {}, parsed);
  }
  bool holds(std::string_view json) {
    const std::string_view type = types_.read(json);
    return !type.empty() && !reader_.match(type).empty();
  }

 private:
  Matcher matcher_;
  Reader reader_;
  EventTypeReader types_;
};

}  // namespace

struct Recovery::Job {
  RecoverRequest request;
  Receiver receiver;
  RecoverReport report;
  WebhookEntry* webhook = nullptr;  // kept in the table meanwhile
  bool is_queueing = false;         // a page is on its way into the records
  std::optional<DeadKey> after;
  std::optional<PatientScan> scan;
  std::unique_ptr<Cover> cover;
  journal::Sequence end = 0;  // of the search; what comes later was matched as it is now
  std::vector<journal::Sequence> missed;
};

Recovery::Recovery(const Parts& parts) : parts_(parts) {}
Recovery::~Recovery() = default;

void Recovery::begin(RecoverRequest request, Receiver receiver) {
  auto job = std::make_shared<Job>();
  job->request = std::move(request);
  job->receiver = std::move(receiver);
  if (jobs_.size() >= kJobs) {
    finish(job, false);
    return;
  }
  jobs_.push_back(job);
  parts_.webhooks.ask(job->request.webhook, [this, job](WebhookEntry& webhook) {
    if (webhook.state != WebhookEntry::State::ready) {
      finish(job, false);
      return;
    }
    job->webhook = &webhook;
    ++webhook.pins;
    parts_.webhooks.settle(webhook);
    begin_known(job);
  });
}

void Recovery::begin_known(const std::shared_ptr<Job>& job) {
  if (job->request.which == RecoverRequest::Which::failed) {
    read_failed(job);
    return;
  }
  job->end = parts_.events.committed_through() + 1;
  job->cover = std::make_unique<Cover>(job->request.patterns);
  job->scan.emplace(parts_.events.scan(first_since(job->request.since)));
}

void Recovery::read_failed(const std::shared_ptr<Job>& job) {
  parts_.ledger.ask([this, job](DeliveryRecords& records) {
    const RecoverRequest& request = job->request;
    std::vector<DeadDelivery> page =
        records.dead(request.webhook, request.since, request.until, job->after, kPage);
    return [this, job, page = std::move(page)] { queue_failed(job, page); };
  });
}

void Recovery::queue_failed(const std::shared_ptr<Job>& job,
                            const std::vector<DeadDelivery>& page) {
  std::vector<WaitingDelivery> rows;
  for (const DeadDelivery& dead : page) {
    if (job->webhook->find(dead.channel) == nullptr) continue;
    WaitingDelivery row;
    row.webhook = dead.webhook;
    row.channel = dead.channel;
    row.events = dead.events;
    row.due_at = parts_.clock.now();
    row.made = dead.attempts;
    row.recipients = RecipientOutcomes::accepted_of(dead.recipients);
    rows.push_back(std::move(row));
  }
  if (!page.empty()) job->after = DeadKey{page.back().events.front(), page.back().channel};
  const bool was_last = page.size() < kPage;
  job->report.deliveries += rows.size();
  parts_.requeue.put(std::move(rows), [this, job, was_last] {
    if (was_last) {
      finish(job, true);
    } else {
      read_failed(job);
    }
  });
}

bool Recovery::step(TimePoint now) {
  bool has_more = false;
  const Jobs jobs = jobs_;  // they may end meanwhile
  for (const std::shared_ptr<Job>& job : jobs)
    if (job->scan && !job->is_queueing) has_more |= search_missed(job, now);
  return has_more;
}

Recovery::TimePoint Recovery::retry_at(TimePoint now) const {
  TimePoint first = Timetable::kNever;
  for (const std::shared_ptr<Job>& job : jobs_) {
    if (!job->scan || job->is_queueing) continue;
    const TimePoint retry = job->scan->retry_at();
    if (retry > now) first = std::min(first, retry);
  }
  return first;
}

bool Recovery::search_missed(const std::shared_ptr<Job>& job, TimePoint now) {
  const WebhookEntry& webhook = *job->webhook;
  ScannedEvent event;
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < kEventsAStep && bytes < kBytesAStep; ++count) {
    if (job->missed.size() >= kPage) break;
    const PatientScan::Outcome outcome = job->scan->next(event, now);
    if (outcome == PatientScan::Outcome::wait) return false;
    if (webhook.state != WebhookEntry::State::ready || outcome == PatientScan::Outcome::end ||
        event.sequence >= job->end || event.accepted_at >= job->request.until) {
      job->end = 0;
      break;
    }
    bytes += event.json.size();
    if (event.organisation == webhook.organisation && event.accepted_at >= job->request.since &&
        !contains(event.webhooks, webhook.number) && job->cover->holds(event.json)) {
      job->missed.push_back(event.sequence);
    }
  }
  if (job->end != 0 && job->missed.size() < kPage) return true;
  queue_missed(job);
  return false;
}

void Recovery::queue_missed(const std::shared_ptr<Job>& job) {
  std::vector<WaitingDelivery> rows;
  for (const journal::Sequence sequence : std::exchange(job->missed, {})) {
    for (const auto& channel : job->webhook->channels) {
      WaitingDelivery row;
      row.webhook = job->webhook->number;
      row.channel = channel->number();
      row.events = {sequence};
      row.due_at = parts_.clock.now();
      rows.push_back(std::move(row));
    }
  }
  job->is_queueing = true;
  job->report.deliveries += rows.size();
  parts_.requeue.put(std::move(rows), [this, job] {
    job->is_queueing = false;
    if (job->end == 0) finish(job, true);
    parts_.wake();
  });
}

void Recovery::finish(const std::shared_ptr<Job>& job, bool was_accepted) {
  jobs_.remove(job);
  if (job->webhook != nullptr) {
    --job->webhook->pins;
    parts_.webhooks.settle(*job->webhook);
  }
  job->report.was_accepted = was_accepted;
  job->receiver(job->report);
}

// Events are accepted in the order of their times, but for a clock that somebody sets.
journal::Sequence Recovery::first_since(base::Time since) {
  journal::Sequence low = 1;
  journal::Sequence high = parts_.events.committed_through() + 1;
  while (low < high) {
    const journal::Sequence middle = low + (high - low) / 2;
    ScannedEvent event;
    if (parts_.events.scan(middle)->next(event) != ScanOutcome::event ||
        event.accepted_at >= since) {
      high = middle;
    } else {
      low = event.sequence + 1;
    }
  }
  return low;
}

}  // namespace sluice::delivery

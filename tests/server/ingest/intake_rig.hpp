// An intake over a sink in memory, and bodies that are sent to it in pieces.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/event_intake.hpp"
#include "ingest/organisation_scope.hpp"
#include "server/ingest/fake_sink.hpp"
#include "server/support/manual_clock.hpp"
#include "sluice/matcher.hpp"

namespace sluice {

namespace ingest {

inline bool operator==(const ItemError& left, const ItemError& right) {
  return left.index == right.index && left.line == right.line && left.type == right.type &&
         left.message == right.message;
}

inline void PrintTo(const ItemError& error, std::ostream* out) {
  *out << "item " << error.index << " line " << error.line << ": " << error.type << ", "
       << error.message;
}

inline bool operator==(const IngestResult& left, const IngestResult& right) {
  return left.status == right.status && left.accepted == right.accepted &&
         left.duplicates == right.duplicates && left.rejected == right.rejected &&
         left.matched == right.matched && left.errors == right.errors;
}

inline void PrintTo(const IngestResult& result, std::ostream* out) {
  *out << result.status << ": " << result.accepted << " accepted, " << result.duplicates
       << " duplicates, " << result.rejected << " rejected, " << result.matched << " matched";
  for (const ItemError& error : result.errors) PrintTo(error, &(*out << "\n  "));
}

}  // namespace ingest

namespace testkit {

/// What callbacks have said about one body. Thread safety: every member, from any thread.
class BodyWatch {
 public:
  ingest::IngestCallbacks callbacks() {
    return {.done =
                [this](ingest::IngestResult result) {
                  const std::lock_guard lock(mutex_);
                  result_ = std::move(result);
                  ++done_calls_;
                  changed_.notify_all();
                },
            .resume =
                [this] {
                  const std::lock_guard lock(mutex_);
                  can_go_on_ = true;
                  changed_.notify_all();
                }};
  }

  ingest::IngestResult result() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return result_.has_value(); });
    return *result_;
  }
  bool is_done() {
    const std::lock_guard lock(mutex_);
    return result_.has_value();
  }
  int done_calls() {
    const std::lock_guard lock(mutex_);
    return done_calls_;
  }
  void will_wait() {
    const std::lock_guard lock(mutex_);
    can_go_on_ = false;
  }
  /// Until resume or done was called.
  void wait_to_go_on() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return can_go_on_ || result_.has_value(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<ingest::IngestResult> result_;
  bool can_go_on_ = false;
  int done_calls_ = 0;
};

struct Body {
  std::string content_type = "application/x-ndjson";
  std::string text = {};
  std::string content_encoding = {};
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::uint32_t organisation = 1;
};

class IntakeRig {
 public:
  explicit IntakeRig(const ingest::IntakeOptions& options = {.threads = 2},
                     std::size_t max_record_bytes = std::size_t{64} << 20U)
      : sink(max_record_bytes), intake_(std::in_place, matcher, sink, clock, options) {}

  void subscribe(std::uint32_t webhook, std::uint32_t organisation, std::string_view pattern) {
    matcher.put(SubscriptionId{webhook}, ingest::OrganisationScope{organisation}.text(),
                {*Pattern::parse(pattern)});
  }

  std::unique_ptr<ingest::IngestBody> begin(const Body& body, BodyWatch& watch) {
    std::vector<ingest::HeaderField> fields;
    for (const auto& [name, value] : body.fields) fields.push_back({name, value});
    return intake_->begin({.organisation = body.organisation,
                           .content_type = body.content_type,
                           .content_encoding = body.content_encoding,
                           .content_length = std::nullopt,
                           .fields = fields},
                          watch.callbacks());
  }

  std::unique_ptr<ingest::IngestBody> begin(const ingest::IngestRequest& request,
                                            ingest::IngestCallbacks callbacks) {
    return intake_->begin(request, std::move(callbacks));
  }

  /// Sends the body cut at `cuts`, waits where it is told to, and gives the result.
  ingest::IngestResult send(const Body& body, std::vector<std::size_t> cuts = {}) {
    BodyWatch watch;
    const std::unique_ptr<ingest::IngestBody> sent = begin(body, watch);
    if (sent == nullptr) return watch.result();
    cuts.push_back(body.text.size());
    std::sort(cuts.begin(), cuts.end());
    std::size_t from = 0;
    for (const std::size_t to : cuts) {
      watch.will_wait();
      if (!sent->receive(std::string_view{body.text}.substr(from, to - from)))
        watch.wait_to_go_on();
      from = to;
    }
    sent->finish();
    return watch.result();
  }

  /// Ends the intake, which waits for what is under way.
  void close() { intake_.reset(); }

  Matcher matcher;
  FakeSink sink;
  ManualClock clock;

 private:
  std::optional<ingest::EventIntake> intake_;
};

}  // namespace testkit
}  // namespace sluice

#include "ingest/event_intake.hpp"

#include <utility>

#include "ingest/body_format.hpp"
#include "ingest/body_work.hpp"
#include "ingest/cloud_event.hpp"
#include "ingest/workshop.hpp"

namespace sluice::ingest {
namespace {

IngestResult refusal(int status, std::string_view message, std::chrono::seconds retry_after = {}) {
  IngestResult result;
  result.status = status;
  result.message = message;
  result.retry_after = retry_after;
  return result;
}

}  // namespace

IngestBody::IngestBody(std::shared_ptr<BodyWork> work) noexcept : work_(std::move(work)) {}

IngestBody::~IngestBody() {
  if (!is_finished_) work_->abandon();
}

std::span<char> IngestBody::room() noexcept { return work_->room(); }

bool IngestBody::receive(std::string_view bytes) { return work_->receive(bytes); }

void IngestBody::finish() {
  is_finished_ = true;
  work_->finish();
}

void IngestBody::abandon() {
  is_finished_ = true;
  work_->abandon();
}

EventIntake::EventIntake(const Matcher& matcher, EventSink& sink, const base::Clock& clock,
                         const IntakeOptions& options)
    : workshop_(std::make_unique<Workshop>(matcher, sink, clock, options)) {}

EventIntake::~EventIntake() = default;

std::unique_ptr<IngestBody> EventIntake::begin(const IngestRequest& request,
                                               IngestCallbacks callbacks) {
  const bool has_fields = has_cloud_event_fields(request.fields);
  const auto format = body_format(request.content_type, has_fields);
  const auto coding = body_coding(request.content_encoding);
  if (!format || !coding) {
    callbacks.done(
        refusal(415, !format ? "events are read from application/json, application/x-ndjson, "
                               "application/jsonl, application/cloudevents+json, "
                               "application/cloudevents-batch+json, or data with ce- header fields"
                             : "the content codings that are read are gzip and identity"));
    return nullptr;
  }
  EventSink& sink = workshop_->sink();
  if (!sink.has_room()) {
    const bool is_refused = static_cast<bool>(sink.refusal());
    callbacks.done(refusal(
        is_refused ? 503 : 429,
        is_refused ? "events cannot be stored at present" : "too many events wait to be delivered",
        workshop_->options().retry_after));
    return nullptr;
  }
  std::optional<BinaryCloudEvent> binary;
  if (*format == BodyFormat::cloud_event_binary)
    binary.emplace(request.fields, request.content_type);
  return std::make_unique<IngestBody>(
      std::make_shared<BodyWork>(*workshop_, request.organisation, *format, *coding,
                                 std::move(binary), request.content_length, std::move(callbacks)));
}

}  // namespace sluice::ingest

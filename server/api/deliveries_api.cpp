#include "api/deliveries_api.hpp"

#include <boost/json.hpp>

#include "api/answer.hpp"
#include "api/api_error.hpp"
#include "domain/secret.hpp"
#include "domain/webhook_view.hpp"

namespace sluice::api {
namespace {

namespace json = boost::json;
using domain::Permission;
using http::Method;

constexpr const char* kNoDelivery =
    "There is no such delivery, or it is no longer kept, or its channel is no more";
constexpr std::int64_t kDefaultGrace = 86'400;       // seconds
constexpr std::int64_t kLongestGrace = 30 * 86'400;  // seconds

json::value status_or_null(const std::optional<int>& status) {
  return status ? json::value(*status) : json::value{};
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value{} : json::value(text);
}

json::object show_attempt(const store::Attempt& attempt) {
  return {{"delivery_id", attempt.delivery_id},
          {"event_id", attempt.event_id},
          {"event_type", attempt.event_type},
          {"channel", domain::to_text(attempt.channel_kind)},
          {"attempt", attempt.attempt},
          {"at", base::to_iso8601(attempt.at)},
          {"duration_us", attempt.duration.count()},
          {"status", store::to_text(attempt.outcome)},
          {"status_code", status_or_null(attempt.status_code)},
          {"error", text_or_null(attempt.error)}};
}

json::object show_whole_attempt(const store::Attempt& attempt) {
  json::object shown = show_attempt(attempt);
  shown["request"] = attempt.request;
  shown["response"] = attempt.response;
  return shown;
}

json::object show_test(const delivery::AttemptRecord& attempt) {
  const delivery::Verdict& verdict = attempt.verdict;
  const bool is_delivered = verdict.decision == delivery::Decision::delivered;
  return {{"delivery_id", attempt.delivery_id},
          {"event_id", attempt.event_id},
          {"event_type", attempt.event_type},
          {"channel", domain::to_text(attempt.kind)},
          {"at", base::to_iso8601(attempt.at)},
          {"duration_us", verdict.duration.count()},
          {"status", is_delivered ? "delivered" : "failed"},
          {"status_code", status_or_null(verdict.status_code)},
          {"error", text_or_null(verdict.error)},
          {"request", verdict.request_summary},
          {"response", verdict.response_body}};
}

const json::object& body_of(const Call& call) {
  if (!call.body || !call.body->is_object()) throw ApiError(400, "Expected a JSON object");
  return call.body->get_object();
}

/// Null where the field is absent, or null, which is the same.
const json::value* field_of(const json::object& body, std::string_view field) {
  const json::value* value = body.if_contains(field);
  return value == nullptr || value->is_null() ? nullptr : value;
}

/// None: it is absent or reported.
std::optional<base::Time> time_field(const json::object& body, std::string_view field,
                                     bool is_required, Parameters& given) {
  const json::value* value = field_of(body, field);
  const auto time = value != nullptr && value->is_string()
                        ? base::parse_iso8601(value->get_string())
                        : std::nullopt;
  if (!time && (value != nullptr || is_required))
    given.report("body", field, "expected a time such as 2026-01-31T12:00:00Z (RFC 3339)");
  return time;
}

/// Of times that are both given.
void expect_in_order(std::optional<base::Time> since, std::optional<base::Time> until,
                     std::string_view place, Parameters& given) {
  if (since && until && *until < *since)
    given.report(place, "until", "expected a time that is not before since");
}

void expect_answered(bool is_answered) {
  if (!is_answered) throw ApiError(503, "Deliveries are stopping");
}

}  // namespace

void DeliveriesApi::add_to(Routes& routes) {
  const auto add = [&](Method method, std::string_view pattern, Permission permission,
                       auto handler) {
    routes.push_back({method, pattern, permission,
                      [this, handler](Call& call) { return (this->*handler)(call); }});
  };
  add(Method::post, "/v1/organizations/webhooks/{identifier}/test", Permission::write,
      &DeliveriesApi::test);
  add(Method::get, "/v1/organizations/webhooks/{identifier}/deliveries", Permission::read,
      &DeliveriesApi::list);
  add(Method::get, "/v1/organizations/webhooks/{identifier}/deliveries/{delivery_id}",
      Permission::read, &DeliveriesApi::show);
  add(Method::post, "/v1/organizations/webhooks/{identifier}/deliveries/{delivery_id}/retry",
      Permission::write, &DeliveriesApi::retry);
  add(Method::post, "/v1/organizations/webhooks/{identifier}/recover", Permission::write,
      &DeliveriesApi::recover);
  add(Method::post, "/v1/organizations/webhooks/{identifier}/secret/rotate", Permission::write,
      &DeliveriesApi::rotate_secret);
}

http::Response DeliveriesApi::test(const Call& call) {
  const domain::Webhook webhook = find(call);
  delivery::OwedEvent event;
  event.event_id = "evt_test_" + base::random_alphanumeric(random_, 12);
  event.accepted_at = call.now;
  event.json = json::serialize(
      json::object{{"event_type", "webhook.test"},
                   {"subject", {{"type", "webhook"}, {"id", webhook.webhook_id}}},
                   {"metadata", {{"message", "This is a test of the webhook's channels."}}}});
  const auto attempts = control_.test(webhook.number, std::move(event));
  expect_answered(attempts.has_value());
  json::array shown;
  for (const delivery::AttemptRecord& attempt : *attempts) shown.push_back(show_test(attempt));
  return json_answer(200, json::object{{"attempts", std::move(shown)}});
}

http::Response DeliveriesApi::list(const Call& call) const {
  const domain::Webhook webhook = find(call);
  Parameters given(call.query);
  store::AttemptFilter filter;
  if (const auto status = given.text("status")) {
    filter.outcome = store::attempt_outcome_from(*status);
    if (!filter.outcome)
      given.report("query", "status", "expected delivered, failed, dead or cancelled");
  }
  filter.event_type = given.text("event_type");
  filter.since = given.time("since");
  filter.until = given.time("until");
  expect_in_order(filter.since, filter.until, "query", given);
  const store::PageRequest request{.limit = given.limit(), .cursor = given.text("cursor")};
  given.expect_good();
  const auto page = attempts_.list(webhook.number, filter, request);
  const auto* found = std::get_if<store::Page<store::Attempt>>(&page);
  if (found == nullptr)
    given.refuse("query", "cursor", "expected the next_cursor of an earlier answer, unchanged");
  json::array results;
  for (const store::Attempt& attempt : found->rows) results.push_back(show_attempt(attempt));
  return json_answer(200, json::object{{"results", std::move(results)},
                                       {"next_cursor", text_or_null(found->next_cursor.value_or(""))}});
}

delivery::DeliveryKey DeliveriesApi::find_key(const Call& call) const {
  const domain::Webhook webhook = find(call);
  const auto key = control_.key_of(call.route.parameter("delivery_id"));
  if (!key || key->webhook != webhook.number) throw ApiError(404, kNoDelivery);
  return *key;
}

std::vector<store::Attempt> DeliveriesApi::find_attempts(const Call& call) {
  constexpr std::size_t kMost = 100;
  const delivery::DeliveryKey key = find_key(call);
  const store::DeliveryPlace place{key.webhook, key.channel, key.is_test() ? 0 : key.first};
  const std::string_view id = call.route.parameter("delivery_id");
  std::vector<store::Attempt> attempts = attempts_.of_delivery(place, id, kMost);
  // The log gathers attempts before it writes them: what a receiver has seen may not be in yet.
  if (attempts.empty() && control_.flush()) attempts = attempts_.of_delivery(place, id, kMost);
  if (attempts.empty()) throw ApiError(404, kNoDelivery);
  return attempts;
}

http::Response DeliveriesApi::show(const Call& call) {
  const std::vector<store::Attempt> attempts = find_attempts(call);
  json::array shown;
  for (const store::Attempt& attempt : attempts) shown.push_back(show_whole_attempt(attempt));
  const store::Attempt& last = attempts.back();
  return json_answer(200, json::object{{"delivery_id", last.delivery_id},
                                       {"event_id", last.event_id},
                                       {"event_type", last.event_type},
                                       {"channel", domain::to_text(last.channel_kind)},
                                       {"status", store::to_text(last.outcome)},
                                       {"attempts", std::move(shown)}});
}

http::Response DeliveriesApi::retry(const Call& call) {
  using delivery::RetryAnswer;
  if (find_key(call).is_test() && !find_attempts(call).empty())
    throw ApiError(409, "This was a test of the webhook, which is not repeated: send another one");
  const std::string_view id = call.route.parameter("delivery_id");
  const auto answer = control_.retry(id);
  expect_answered(answer.has_value());
  switch (*answer) {
    case RetryAnswer::queued:
    case RetryAnswer::already_waiting:
      return json_answer(202, json::object{{"delivery_id", id}, {"status", "queued"}});
    case RetryAnswer::unknown_delivery:
      throw ApiError(404, kNoDelivery);
    case RetryAnswer::event_dropped:
      throw ApiError(409, "The event is no longer kept");
    case RetryAnswer::unavailable:
      break;
  }
  throw ApiError(503, "Deliveries are stopping");
}

http::Response DeliveriesApi::recover(const Call& call) {
  const domain::Webhook webhook = find(call);
  const json::object& body = body_of(call);
  Parameters given(call.query);
  delivery::RecoverRequest request;
  request.webhook = webhook.number;
  const std::optional<base::Time> since = time_field(body, "since", true, given);
  const std::optional<base::Time> until = time_field(body, "until", false, given);
  expect_in_order(since, until, "body", given);
  const json::value* only = field_of(body, "only");
  const bool is_text = only != nullptr && only->is_string();
  if (is_text && only->get_string() == "missed") {
    request.which = delivery::RecoverRequest::Which::missed;
  } else if (only != nullptr && !(is_text && only->get_string() == "failed")) {
    given.report("body", "only", "expected failed, missed or null");
  }
  given.expect_good();
  request.since = since.value_or(base::Time{});
  request.until = until.value_or(call.now);
  request.patterns = webhook.draft.event_types;
  const auto report = control_.recover(std::move(request));
  if (!report) return json_answer(202, json::object{{"status", "running"}});
  if (!report->was_accepted) throw ApiError(429, "Too many recoveries are running");
  return json_answer(202, json::object{{"status", "queued"}, {"deliveries", report->deliveries}});
}

http::Response DeliveriesApi::rotate_secret(const Call& call) {
  std::int64_t grace = kDefaultGrace;
  if (call.body && !call.body->is_null()) {
    if (const json::value* given = body_of(call).if_contains("grace_seconds")) {
      if (!given->is_int64() || given->get_int64() < 0 || given->get_int64() > kLongestGrace)
        Parameters(call.query)
            .refuse("body", "grace_seconds", "expected a whole number from 0 to 2592000");
      grace = given->get_int64();
    }
  }
  return webhooks_.change([&]() -> std::optional<http::Response> {
    domain::Webhook webhook = find(call);
    bool has_rotated = false;
    for (domain::Channel& channel : webhook.draft.channels) {
      if (channel.kind != domain::ChannelKind::webhook) continue;
      domain::rotate_secret(channel, random_, call.now, call.now + std::chrono::seconds{grace});
      channel.has_generated_secret = has_rotated = true;
    }
    if (!has_rotated) throw ApiError(409, "The webhook has no HTTP channel, so it has no secret");
    auto stored = store_.replace(webhook.organisation, webhook.webhook_id, webhook.draft,
                                 webhook.version);
    auto* replaced = std::get_if<domain::Webhook>(&stored);
    if (replaced == nullptr) return std::nullopt;
    publisher_.publish(*replaced);
    for (domain::Channel& channel : replaced->draft.channels)
      channel.has_generated_secret = channel.kind == domain::ChannelKind::webhook;
    return json_answer(200, domain::show_webhook(*replaced, domain::Reveal::generated_secret));
  });
}

}  // namespace sluice::api

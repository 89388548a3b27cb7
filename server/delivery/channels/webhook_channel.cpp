#include "delivery/channels/webhook_channel.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <optional>
#include <vector>

#include "delivery/channels/http_verdict.hpp"
#include "delivery/signer.hpp"
#include "domain/json_template.hpp"
#include "domain/secret.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

constexpr std::string_view kUserAgent = "sluice-webhooks/" SLUICE_VERSION;
constexpr std::int64_t kDefaultTimeout = 10;  // seconds

const json::value* setting(const json::object& configs, std::string_view name) {
  const json::value* value = configs.if_contains(name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

/// Whether a header's name is `wanted`, which is in lower case.
bool is_named(std::string_view name, std::string_view wanted) {
  return std::ranges::equal(name, wanted, [](char given, char lower) {
    return given == lower || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == lower);
  });
}

/// A header value as CloudEvents wants it: blanks, quotes, percent signs and whatever is not
/// printable ASCII are percent-encoded.
std::string header_text(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || c == '"' || c == '%') {
      encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    } else {
      encoded += c;
    }
  }
  return encoded;
}

Verdict refused(std::string problem) {
  Verdict verdict;
  verdict.decision = Decision::permanent;
  verdict.error = std::move(problem);
  return verdict;
}

Verdict judge(OutboundResult&& result, std::string_view request, base::Time now) {
  const bool is_response = result.outcome == Outcome::response;
  Verdict verdict = http_verdict(std::move(result), request, now);
  if (!is_response) return verdict;
  const int status = verdict.status_code.value_or(0);
  if (status >= 200 && status < 300) {
    verdict.decision = Decision::delivered;
    verdict.error.clear();
  } else if (status == 410) {
    verdict.decision = Decision::disable;
    verdict.error = "the receiver answered 410: it wants nothing more";
  } else if (status >= 300 && status < 400) {
    verdict.error += ", a redirect, which is never followed";
  }
  return verdict;
}

/// Puts what the template makes of the event at the end of `body`, from `begin` on, in its place.
void fill_template(const domain::JsonTemplate& body_template, std::string& body, std::size_t begin,
                   std::string& problem) {
  const json::object event = parse_event(std::string_view{body}.substr(begin), problem);
  if (!problem.empty()) return;
  auto rendered = body_template.render(event, domain::Escape::none);
  body.resize(begin);
  if (const auto* error = std::get_if<domain::RenderError>(&rendered)) {
    problem = "payload_template: " + error->message;
  } else {
    body += json::serialize(std::get<json::value>(rendered));
  }
}

void add_cloud_event(HeaderBlock& headers, const OwedEvent& event, const EventNames& names) {
  headers.add("ce-specversion", "1.0");
  headers.add("ce-id", header_text(event.event_id));
  headers.add("ce-source", names.source.empty() ? "sluice" : header_text(names.source));
  headers.add("ce-type", header_text(names.event_type));
  headers.add("ce-time", names.occurred_at.empty() ? base::to_iso8601(event.accepted_at)
                                                   : header_text(names.occurred_at));
}

}  // namespace

struct WebhookChannel::Prepared {
  std::weak_ptr<const DeliveryTarget> target;
  std::shared_ptr<const RequestHead> head;
  std::optional<Signer> signer;
  base::Time signer_valid_until{base::Time::max()};  // then it is asked which secrets still sign
  std::optional<domain::JsonTemplate> body_template;
  Deadlines deadlines;
  bool is_ndjson = false;

  void make_signer(const DeliveryTarget& of, base::Time now) {
    std::vector<std::string> secrets;
    for (const std::string_view secret : domain::valid_secrets(of.channel, now))
      secrets.emplace_back(secret);
    signer = Signer::make(secrets);
    // One that was replaced stops to sign a while after it should, rather than being asked about
    // for each delivery.
    signer_valid_until =
        secrets.size() > 1 ? now + std::chrono::minutes{1} : base::Time::max();
  }
};

WebhookChannel::WebhookChannel(EventLoop& loop, HttpClient& client,
                               const domain::Catalogue& catalogue)
    : loop_(loop), client_(client), texts_(catalogue) {}

WebhookChannel::~WebhookChannel() = default;

WebhookChannel::Prepared* WebhookChannel::prepare(
    const std::shared_ptr<const DeliveryTarget>& target, std::string& problem) {
  const auto found = prepared_.find(target.get());
  if (found != prepared_.end() && found->second->target.lock() == target)
    return found->second.get();

  const json::object& configs = target->channel.configs;
  auto prepared = std::make_unique<Prepared>();
  prepared->target = target;
  const json::value* url_text = setting(configs, "url");
  auto url = domain::parse_url(url_text != nullptr ? std::string_view{url_text->as_string()} : "");
  if (const auto* error = std::get_if<domain::UrlError>(&url)) {
    problem = "the URL cannot be used: " + error->message;
    return nullptr;
  }
  if (const json::value* batch = setting(configs, "batch")) {
    const json::value* format = setting(batch->as_object(), "format");
    prepared->is_ndjson = format != nullptr && format->as_string() == "ndjson";
  }
  HeaderBlock headers;
  bool has_type = false;
  bool has_agent = false;
  if (const json::value* given = setting(configs, "headers")) {
    for (const auto& header : given->as_object()) {
      has_type |= is_named(header.key(), "content-type");
      has_agent |= is_named(header.key(), "user-agent");
      headers.add(header.key(), header.value().as_string());
    }
  }
  if (!has_type)
    headers.add("content-type", prepared->is_ndjson ? "application/x-ndjson" : "application/json");
  if (!has_agent) headers.add("user-agent", kUserAgent);
  prepared->head = std::make_shared<RequestHead>(RequestHead::Method::post,
                                                 std::move(std::get<domain::Url>(url)), headers);
  if (const json::value* body = setting(configs, "payload_template")) {
    auto compiled = domain::JsonTemplate::compile(*body, domain::Syntax::jinja);
    if (auto* ready = std::get_if<domain::JsonTemplate>(&compiled))
      prepared->body_template = std::move(*ready);
  }
  const json::value* timeout = setting(configs, "timeout");
  prepared->deadlines.total = std::chrono::seconds{
      timeout != nullptr ? timeout->to_number<std::int64_t>() : kDefaultTimeout};
  if (prepared_.size() >= kMostPrepared) prepared_.clear();
  return prepared_.insert_or_assign(target.get(), std::move(prepared)).first->second.get();
}

std::string WebhookChannel::body_of(const Delivery& delivery, const Prepared& prepared,
                                    EventNames& first, std::string& problem) {
  const bool is_batch = setting(delivery.target->channel.configs, "batch") != nullptr;
  std::string body;
  EventNames names;
  for (const OwedEvent& event : delivery.events) {
    const bool is_first = &event == delivery.events.data();
    if (is_batch && !prepared.is_ndjson) body += is_first ? '[' : ',';
    const std::size_t begin = body.size();
    if (!texts_.append(event, body, names)) problem = "the event cannot be read";
    if (prepared.body_template && problem.empty())
      fill_template(*prepared.body_template, body, begin, problem);
    if (prepared.is_ndjson) body += '\n';
    if (is_first) first = names;
    if (!problem.empty()) return {};
  }
  if (is_batch && !prepared.is_ndjson) body += ']';
  return body;
}

void WebhookChannel::send(Delivery delivery, Sender::Receiver receiver) {
  std::string problem;
  Prepared* const prepared = prepare(delivery.target, problem);
  EventNames names;
  std::shared_ptr<const std::string> body;
  if (prepared != nullptr)
    body = std::make_shared<const std::string>(body_of(delivery, *prepared, names, problem));
  OutboundRequest request;
  if (!problem.empty()) {
    // A request that cannot be made fails as one that was sent does: later, on the loop.
    loop_.post([receiver = std::move(receiver), verdict = refused(std::move(problem))] {
      receiver(verdict);
    });
    return;
  }
  if (!prepared->signer || delivery.now >= prepared->signer_valid_until)
    prepared->make_signer(*delivery.target, delivery.now);
  const auto timestamp =
      std::chrono::floor<std::chrono::seconds>(delivery.now).time_since_epoch().count();
  request.head = prepared->head;
  request.headers.add("webhook-id", delivery.delivery_id);
  request.headers.add("webhook-timestamp", std::to_string(timestamp));
  if (prepared->signer) {
    std::string signature;
    prepared->signer->sign(delivery.delivery_id, timestamp, *body, signature);
    request.headers.add("webhook-signature", signature);
  }
  if (delivery.events.size() == 1) add_cloud_event(request.headers, delivery.events.front(), names);
  request.body = *body;
  request.body_owner = body;
  request.deadlines = prepared->deadlines;
  client_.send(std::move(request),
               [receiver = std::move(receiver), now = delivery.now,
                line = request_line(prepared->head->url(), body->size(), false)](
                   OutboundResult&& result) { receiver(judge(std::move(result), line, now)); });
}

}  // namespace sluice::delivery

#include "delivery/channels/slack_channel.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <memory>

#include "delivery/channels/http_verdict.hpp"
#include "domain/url.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

// The errors of chat.postMessage after which the same message may get through later.
constexpr std::array<std::string_view, 7> kTransient{
    "ratelimited",         "rate_limited",    "internal_error", "fatal_error",
    "service_unavailable", "request_timeout", "team_added_to_org"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  return text;
}

void judge_web_api(Verdict& verdict) {
  json::error_code error;
  const json::value answer = json::parse(verdict.response_body, error);
  const json::object* fields = answer.if_object();
  const json::value* ok = fields != nullptr ? fields->if_contains("ok") : nullptr;
  if (error || ok == nullptr || !ok->is_bool()) {
    verdict.error = "Slack's answer is not the one that chat.postMessage gives";
    return;
  }
  if (ok->get_bool()) {
    verdict.decision = Decision::delivered;
    verdict.error.clear();
    return;
  }
  const json::value* reason = fields->if_contains("error");
  const std::string_view text =
      reason != nullptr && reason->is_string() ? reason->get_string() : std::string_view{"unknown"};
  verdict.error = "Slack refused the message: " + beginning(text, 100);
  const bool is_transient = std::ranges::find(kTransient, text) != kTransient.end();
  verdict.decision = is_transient ? Decision::retry : Decision::permanent;
}

std::string text_setting(const json::object& configs, std::string_view name) {
  const json::value* value = configs.if_contains(name);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

}  // namespace

Verdict judge_slack(OutboundResult&& result, bool is_web_api, std::string_view request,
                    base::Time now) {
  const bool is_response = result.outcome == Outcome::response;
  Verdict verdict = http_verdict(std::move(result), request, now);
  if (!is_response) return verdict;
  const int status = verdict.status_code.value_or(0);
  const std::string_view body = trimmed(verdict.response_body);
  if (status == 200 && is_web_api) {
    judge_web_api(verdict);
  } else if (status == 200 && (body == "ok" || body.find("\"ok\":true") != body.npos)) {
    verdict.decision = Decision::delivered;
    verdict.error.clear();
  } else if (status == 400 || status == 403 || status == 404 || status == 410) {
    verdict.decision = Decision::permanent;
    verdict.error += ": " + beginning(body, 100);
  }
  return verdict;
}

SlackChannel::SlackChannel(EventLoop& loop, HttpClient& client,
                           const domain::Catalogue& catalogue, std::string api)
    : loop_(loop), client_(client), texts_(catalogue), api_(std::move(api)) {}

void SlackChannel::send(Delivery delivery, Sender::Receiver receiver) {
  const json::object& configs = delivery.target->channel.configs;
  const std::string webhook_url = text_setting(configs, "webhook_url");
  const bool is_web_api = webhook_url.empty();
  std::string problem;
  const json::object event = texts_.read(delivery.events.front(), problem);
  auto url = domain::parse_url(is_web_api ? api_ + "/chat.postMessage" : webhook_url);
  if (const auto* error = std::get_if<domain::UrlError>(&url)) problem = error->message;
  json::object message;
  if (problem.empty()) message = slack_message(event, configs, problem);
  if (!problem.empty()) {
    Verdict verdict;
    verdict.decision = Decision::permanent;
    verdict.error = problem;
    loop_.post([receiver = std::move(receiver), verdict = std::move(verdict)] { receiver(verdict); });
    return;
  }
  HeaderBlock headers;
  headers.add("content-type", "application/json; charset=utf-8");
  if (is_web_api) {
    headers.add("authorization", "Bearer " + text_setting(configs, "bot_token"));
    message["channel"] = text_setting(configs, "channel_id");
  }
  const auto body = std::make_shared<const std::string>(json::serialize(message));
  const std::string line = request_line(std::get<domain::Url>(url), body->size(), !is_web_api);
  OutboundRequest request;
  request.head = std::make_shared<RequestHead>(RequestHead::Method::post,
                                               std::move(std::get<domain::Url>(url)), headers);
  request.body = *body;
  request.body_owner = body;
  client_.send(std::move(request), [receiver = std::move(receiver), line, is_web_api,
                                    now = delivery.now](OutboundResult&& result) {
    receiver(judge_slack(std::move(result), is_web_api, line, now));
  });
}

}  // namespace sluice::delivery

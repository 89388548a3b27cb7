#include "delivery/channels/sms_channel.hpp"

#include <boost/json.hpp>
#include <vector>

#include "base/encoding.hpp"
#include "delivery/channels/event_summary.hpp"
#include "delivery/channels/http_verdict.hpp"
#include "delivery/recipient_outcomes.hpp"
#include "domain/template.hpp"
#include "domain/url.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

constexpr std::string_view kDefaultTemplate =
    "{{ event_type }}{% if subject %}: {{ subject }}{% endif %}, {{ time }}";  // of the summary
constexpr std::size_t kMostBodyBytes = 1'597;  // and "...": 1,600 is what the provider takes
constexpr std::int64_t kRateLimited = 20'429;

std::string form_text(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                          (byte >= 'a' && byte <= 'z') || c == '-' || c == '_' || c == '.';
    if (is_plain) {
      encoded += c;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return encoded;
}

std::string render(const json::object& configs, const json::object& event, std::string& problem) {
  const json::value* given = configs.if_contains("message_template");
  const bool is_given = given != nullptr && given->is_string();
  const auto compiled = domain::Template::compile(
      is_given ? std::string_view{given->get_string()} : kDefaultTemplate,
      is_given ? domain::Syntax::text : domain::Syntax::jinja);
  const auto* ready = std::get_if<domain::Template>(&compiled);
  if (ready == nullptr) {
    problem = "message_template: " + std::get<domain::TemplateError>(compiled).message;
    return {};
  }
  auto rendered = ready->render(is_given ? event : summary_of(event), domain::Escape::none);
  if (const auto* error = std::get_if<domain::RenderError>(&rendered)) {
    problem = "message_template: " + error->message;
    return {};
  }
  return shortened(std::move(std::get<std::string>(rendered)), kMostBodyBytes);
}

/// The provider's own number and words for an error, and whether it asks for another try.
void read_error(Verdict& verdict, bool& is_rate_limited) {
  json::error_code error;
  const json::value answer = json::parse(verdict.response_body, error);
  const json::object* fields = error ? nullptr : answer.if_object();
  if (fields == nullptr) return;
  const json::value* code = fields->if_contains("code");
  const json::value* message = fields->if_contains("message");
  if (code != nullptr && code->is_int64()) {
    verdict.error += ", error " + std::to_string(code->get_int64());
    is_rate_limited = code->get_int64() == kRateLimited;
  }
  if (message != nullptr && message->is_string())
    verdict.error += ": " + beginning(message->get_string(), 200);
}

}  // namespace

Verdict judge_sms(OutboundResult&& result, std::string_view request, base::Time now) {
  const bool is_response = result.outcome == Outcome::response;
  const bool may_have_been_sent = result.may_have_been_sent;
  Verdict verdict = http_verdict(std::move(result), request, now);
  if (!is_response) {
    if (may_have_been_sent) {
      verdict.decision = Decision::permanent;
      verdict.error += "; it may have been sent, so it is not sent again";
    }
    return verdict;
  }
  const int status = verdict.status_code.value_or(0);
  if (status >= 200 && status < 300) {
    verdict.decision = Decision::delivered;
    verdict.error.clear();
    return verdict;
  }
  const bool has_body = !verdict.response_body.empty();
  bool is_rate_limited = status == 429;
  read_error(verdict, is_rate_limited);
  const bool is_surely_unsent = is_rate_limited || (status >= 500 && !has_body);
  verdict.decision = is_surely_unsent ? Decision::retry : Decision::permanent;
  return verdict;
}

struct SmsChannel::Sending {
  Delivery delivery;
  Sender::Receiver receiver;
  std::string text;
  std::vector<std::string> numbers;
  std::size_t next = 0;
  RecipientOutcomes outcomes;
  RecipientOutcomes::Errors pending;  // of numbers that surely got nothing
  Verdict total;

  /// Whether there is a number that is to be sent to; `next` stands at it then.
  bool find_next() {
    while (next < numbers.size() && outcomes.is_settled(numbers[next])) ++next;
    return next < numbers.size();
  }
};

SmsChannel::SmsChannel(EventLoop& loop, HttpClient& client, const domain::Catalogue& catalogue,
                       SmsProvider provider)
    : loop_(loop), client_(client), texts_(catalogue), provider_(std::move(provider)) {
  if (provider_.base_url.empty()) {
    problem_ = "no SMS provider is set (sms.base_url)";
    return;
  }
  auto url = domain::parse_url(provider_.base_url + "/2010-04-01/Accounts/" + provider_.account +
                               "/Messages.json");
  if (const auto* error = std::get_if<domain::UrlError>(&url)) {
    problem_ = "sms.base_url cannot be used: " + error->message;
    return;
  }
  HeaderBlock headers;
  headers.add("content-type", "application/x-www-form-urlencoded");
  headers.add("authorization",
              "Basic " + base::to_base64(provider_.account + ":" + provider_.token));
  head_ = std::make_shared<RequestHead>(RequestHead::Method::post,
                                        std::move(std::get<domain::Url>(url)), headers);
}

SmsChannel::~SmsChannel() = default;

void SmsChannel::send(Delivery delivery, Sender::Receiver receiver) {
  auto sending = std::make_shared<Sending>();
  sending->delivery = std::move(delivery);
  sending->receiver = std::move(receiver);
  std::string problem = problem_;
  const json::object& configs = sending->delivery.target->channel.configs;
  const json::object event = texts_.read(sending->delivery.events.front(), problem);
  if (problem.empty()) sending->text = render(configs, event, problem);
  if (const json::value* numbers = configs.if_contains("phone_numbers")) {
    for (const json::value& number : numbers->as_array())
      sending->numbers.emplace_back(number.as_string());
  }
  if (!problem.empty()) {
    sending->total.error = problem;
    // What the operator left out is no fault of the event: it waits.
    sending->total.decision = problem == problem_ ? Decision::retry : Decision::permanent;
    loop_.post([sending] { sending->receiver(std::move(sending->total)); });
    return;
  }
  sending->outcomes = RecipientOutcomes::parse(sending->delivery.recipients);
  if (sending->find_next()) {
    send_next(std::move(sending));
  } else {
    loop_.post([sending] { finish(*sending); });
  }
}

void SmsChannel::send_next(std::shared_ptr<Sending> sending) {
  const std::string& number = sending->numbers[sending->next];
  const bool is_service = provider_.from.starts_with("MG");
  const auto body = std::make_shared<const std::string>(
      "To=" + form_text(number) + (is_service ? "&MessagingServiceSid=" : "&From=") +
      form_text(provider_.from) + "&Body=" + form_text(sending->text));
  OutboundRequest request;
  request.head = head_;
  request.body = *body;
  request.body_owner = body;
  request.never_repeat = true;
  client_.send(std::move(request), [this, sending = std::move(sending)](OutboundResult&& result) {
    take(sending, std::move(result));
  });
}

void SmsChannel::take(const std::shared_ptr<Sending>& sending, OutboundResult&& result) {
  const std::string line = request_line(head_->url(), sending->text.size(), false);
  const std::string& number = sending->numbers[sending->next++];
  Verdict verdict = judge_sms(std::move(result), line, sending->delivery.now);
  bool is_for_all = false;  // what kept it back keeps the other numbers back, too
  if (verdict.decision == Decision::delivered) {
    sending->outcomes.accept(number);
  } else if (verdict.decision == Decision::permanent) {
    sending->outcomes.refuse(number, verdict.error);
  } else {
    sending->pending[number] = verdict.error;
    is_for_all = verdict.status_code.value_or(0) < 500;
  }
  // Who is stopping sends nothing more, and has to write down what this number got.
  is_for_all |= verdict.was_cancelled;
  verdict.duration += sending->total.duration;
  sending->total = std::move(verdict);
  if (!is_for_all && sending->find_next()) {
    send_next(sending);
  } else {
    finish(*sending);
  }
}

void SmsChannel::finish(Sending& sending) {
  Verdict& verdict = sending.total;
  sending.outcomes.judge(sending.numbers, sending.pending, verdict);
  // Tried again at once is only what nobody has got yet: the rest is written down first.
  verdict.was_refused &= verdict.recipients == sending.delivery.recipients;
  sending.receiver(std::move(verdict));
}

}  // namespace sluice::delivery

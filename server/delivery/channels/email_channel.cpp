#include "delivery/channels/email_channel.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <ctime>
#include <memory>

#include "delivery/channels/email_message.hpp"
#include "delivery/recipient_outcomes.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

std::vector<std::string> addresses(const json::object& configs, std::string_view name) {
  std::vector<std::string> found;
  const json::value* list = configs.if_contains(name);
  if (list == nullptr || !list->is_array()) return found;
  for (const json::value& address : list->get_array()) found.emplace_back(address.as_string());
  return found;
}

/// Addresses one below the other, as a long header is folded.
std::string address_list(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& address : list) {
    if (!text.empty()) text += ",\r\n ";
    text += header_value(address);
  }
  return text;
}

/// The date of RFC 5322 section 3.3, in UTC.
std::string mail_date(base::Time time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  // In the C locale, which this process never leaves, the names are English.
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return text;
}

std::string domain_of(const std::string& address) {
  const std::size_t at = address.rfind('@');
  std::string domain = at == address.npos ? "localhost" : address.substr(at + 1);
  if (domain.ends_with('>')) domain.pop_back();
  return domain;
}

std::vector<std::string> headers_of(const Delivery& delivery, const EmailMessage& message,
                                    const std::string& from) {
  const json::object& configs = delivery.target->channel.configs;
  std::vector<std::string> headers{
      "Date: " + mail_date(delivery.events.front().accepted_at),
      "From: " + header_value(from),
      "To: " + address_list(addresses(configs, "to_addresses")),
      "Subject: " + header_value(message.subject),
      "Message-ID: <" + delivery.delivery_id + "@" + domain_of(from) + ">",
      "Auto-Submitted: auto-generated"};
  const std::vector<std::string> copies = addresses(configs, "cc_addresses");
  if (!copies.empty()) headers.push_back("Cc: " + address_list(copies));
  return headers;
}

/// One delivery on its way to the relay.
struct Sending {
  Sender::Receiver receiver;
  RecipientOutcomes outcomes;
  std::vector<std::string> recipients;  // all of the channel's
  std::vector<std::string> written_to;  // those that are not settled yet
};

void judge(Sending& sending, const std::vector<MailResult>& results, Verdict& verdict) {
  RecipientOutcomes::Errors pending;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::string& recipient = sending.written_to[i];
    const MailResult& result = results[i];
    if (result.reply_code != 0) verdict.status_code = static_cast<int>(result.reply_code);
    switch (result.kind) {
      case MailResult::Kind::accepted:
        sending.outcomes.accept(recipient);
        break;
      case MailResult::Kind::permanent:
        sending.outcomes.refuse(recipient, result.error);
        break;
      case MailResult::Kind::transient:
        pending[recipient] = result.error;
        break;
    }
  }
  sending.outcomes.judge(sending.recipients, pending, verdict);
}

}  // namespace

EmailChannel::EmailChannel(EventLoop& loop, SmtpMailer& mailer, const domain::Catalogue& catalogue)
    : loop_(loop), mailer_(mailer), texts_(catalogue) {}

void EmailChannel::send(Delivery delivery, Sender::Receiver receiver) {
  const json::object& configs = delivery.target->channel.configs;
  auto verdict = std::make_shared<Verdict>();
  std::string problem;
  // The operator's omission, and no fault of the event: it waits.
  const bool has_relay = !mailer_.relay().url.empty();
  if (!has_relay) problem = "no mail relay is set (smtp.url)";
  const json::object event = texts_.read(delivery.events.front(), problem);
  EmailMessage message;
  if (problem.empty()) message = email_message(event, configs, problem);
  if (!problem.empty()) {
    verdict->decision = has_relay ? Decision::permanent : Decision::retry;
    verdict->error = problem;
    loop_.post([receiver = std::move(receiver), verdict] { receiver(std::move(*verdict)); });
    return;
  }

  const auto sending = std::make_shared<Sending>();
  sending->receiver = std::move(receiver);
  sending->outcomes = RecipientOutcomes::parse(delivery.recipients);
  std::vector<Mail> mails;
  const std::vector<std::string> headers = headers_of(delivery, message, mailer_.relay().from);
  for (const std::string_view list : {"to_addresses", "cc_addresses", "bcc_addresses"}) {
    for (std::string& address : addresses(configs, list)) {
      if (!sending->outcomes.is_settled(address)) {
        sending->written_to.push_back(address);
        mails.push_back({.recipient = address,
                         .headers = headers,
                         .content_type = message.content_type,
                         .body = message.body,
                         .plain_body = message.plain_body});
      }
      sending->recipients.push_back(std::move(address));
    }
  }
  verdict->request_summary = "mail to " + std::to_string(mails.size()) + " recipients";
  const auto begin = std::chrono::steady_clock::now();
  const bool is_queued = mailer_.send(
      std::move(mails), [&loop = loop_, sending, verdict, begin](std::vector<MailResult> results) {
        loop.post([sending, verdict, begin, results = std::move(results)] {
          verdict->duration = std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::steady_clock::now() - begin);
          judge(*sending, results, *verdict);
          sending->receiver(std::move(*verdict));
        });
      });
  if (is_queued) return;
  verdict->was_cancelled = true;
  verdict->error = "too many mails are waiting";
  loop_.post([sending, verdict] { sending->receiver(std::move(*verdict)); });
}

}  // namespace sluice::delivery

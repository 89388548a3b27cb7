// The SMS channel: a short message to each number, through a provider that speaks Twilio's REST API.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "delivery/channels/event_texts.hpp"
#include "delivery/event_loop.hpp"
#include "delivery/http_client.hpp"
#include "delivery/sender.hpp"

namespace sluice::delivery {

/// The provider, as the operator has set it.
struct SmsProvider {
  std::string base_url;  // https://api.twilio.com; empty: there is none
  std::string account;   // AccountSid
  std::string token;     // AuthToken; a secret
  std::string from;      // a number, or a messaging service (MG...)
};

/// The provider knows no idempotency key, so a message is sent again only to numbers to which surely
/// nothing was sent, whatever became of the others.
/// Thread safety: the loop's thread only. Lifetime: what it is given outlives it.
/// Source: Twilio's description of the Messages resource, API version 2010-04-01.
class SmsChannel {
 public:
  SmsChannel(EventLoop& loop, HttpClient& client, const domain::Catalogue& catalogue,
             SmsProvider provider);
  ~SmsChannel();

  void send(Delivery delivery, Sender::Receiver receiver);

 private:
  struct Sending;  // one delivery, number by number

  void send_next(std::shared_ptr<Sending> sending);
  void take(const std::shared_ptr<Sending>& sending, OutboundResult&& result);
  static void finish(Sending& sending);

  EventLoop& loop_;
  HttpClient& client_;
  EventTexts texts_;
  const SmsProvider provider_;
  std::shared_ptr<const RequestHead> head_;  // null: the provider cannot be used
  std::string problem_;                      // and why
};

/// What the provider's answer for one number means; retry only if surely nothing was sent.
Verdict judge_sms(OutboundResult&& result, std::string_view request, base::Time now);

}  // namespace sluice::delivery

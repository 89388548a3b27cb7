// Every channel behind one Sender.
#pragma once

#include <string>

#include "delivery/channels/email_channel.hpp"
#include "delivery/channels/slack_channel.hpp"
#include "delivery/channels/sms_channel.hpp"
#include "delivery/channels/webhook_channel.hpp"
#include "delivery/sender.hpp"

namespace sluice::delivery {

/// Thread safety: the loop's thread only. Lifetime: what it is given outlives it.
class ChannelSender final : public Sender {
 public:
  ChannelSender(EventLoop& loop, HttpClient& client, SmtpMailer& mailer,
                const domain::Catalogue& catalogue, std::string slack_api, SmsProvider sms)
      : webhook_(loop, client, catalogue),
        slack_(loop, client, catalogue, std::move(slack_api)),
        email_(loop, mailer, catalogue),
        sms_(loop, client, catalogue, std::move(sms)) {}

  void send(Delivery delivery, Receiver receiver) override {
    switch (delivery.target->channel.kind) {
      case domain::ChannelKind::webhook:
        return webhook_.send(std::move(delivery), std::move(receiver));
      case domain::ChannelKind::slack:
        return slack_.send(std::move(delivery), std::move(receiver));
      case domain::ChannelKind::email:
        return email_.send(std::move(delivery), std::move(receiver));
      case domain::ChannelKind::sms:
        return sms_.send(std::move(delivery), std::move(receiver));
    }
  }

 private:
  WebhookChannel webhook_;
  SlackChannel slack_;
  EmailChannel email_;
  SmsChannel sms_;
};

}  // namespace sluice::delivery

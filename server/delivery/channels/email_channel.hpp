// The email channel: one message to each recipient, whose outcomes are judged one by one.
#pragma once

#include "delivery/channels/event_texts.hpp"
#include "delivery/channels/smtp_mailer.hpp"
#include "delivery/event_loop.hpp"
#include "delivery/sender.hpp"

namespace sluice::delivery {

/// A recipient that was accepted or refused is not written to again when the others are retried, after
/// a restart too. What was on its way when the process was killed is sent once more, with the same
/// Message-ID, by which mail programs recognise a repetition. Thread safety: the loop's thread only.
/// Lifetime: what it is given outlives it. Sources: RFC 5321, RFC 5322, RFC 3834 (Auto-Submitted).
class EmailChannel {
 public:
  EmailChannel(EventLoop& loop, SmtpMailer& mailer, const domain::Catalogue& catalogue);

  void send(Delivery delivery, Sender::Receiver receiver);

 private:
  EventLoop& loop_;
  SmtpMailer& mailer_;
  EventTexts texts_;
};

}  // namespace sluice::delivery

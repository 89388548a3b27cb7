// The Slack channel: a message to an incoming webhook, or to chat.postMessage of the Web API.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "delivery/channels/event_texts.hpp"
#include "delivery/event_loop.hpp"
#include "delivery/http_client.hpp"
#include "delivery/sender.hpp"

namespace sluice::delivery {

/// Thread safety: the loop's thread only. Lifetime: what it is given outlives it.
/// Sources: Slack's documents of incoming webhooks and of chat.postMessage.
class SlackChannel {
 public:
  /// `api` is the Web API's address, such as https://slack.com/api.
  SlackChannel(EventLoop& loop, HttpClient& client, const domain::Catalogue& catalogue,
               std::string api);

  void send(Delivery delivery, Sender::Receiver receiver);

 private:
  EventLoop& loop_;
  HttpClient& client_;
  EventTexts texts_;
  const std::string api_;
};

/// The message that says what happened: a line of text for notifications, and blocks.
/// `event` is a delivered event. Nothing of it is taken for Slack's markup.
boost::json::object slack_message(const boost::json::object& event,
                                  const boost::json::object& configs, std::string& problem);

/// What Slack's answer means. `is_web_api`: of chat.postMessage, which answers failures with 200.
Verdict judge_slack(OutboundResult&& result, bool is_web_api, std::string_view request,
                    base::Time now);

}  // namespace sluice::delivery

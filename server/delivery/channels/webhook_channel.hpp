// The HTTP channel: an event, or a batch of them, as a signed POST.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "delivery/channels/event_texts.hpp"
#include "delivery/event_loop.hpp"
#include "delivery/http_client.hpp"
#include "delivery/sender.hpp"

namespace sluice::delivery {

/// Thread safety: the loop's thread only. Lifetime: what it is given outlives it.
/// Sources: Standard Webhooks 1.0.0; CloudEvents HTTP protocol binding 1.0.2, binary mode.
class WebhookChannel {
 public:
  WebhookChannel(EventLoop& loop, HttpClient& client, const domain::Catalogue& catalogue);
  ~WebhookChannel();
  WebhookChannel(const WebhookChannel&) = delete;
  WebhookChannel& operator=(const WebhookChannel&) = delete;

  void send(Delivery delivery, Sender::Receiver receiver);

 private:
  struct Prepared;  // what all requests of a target have in common
  static constexpr std::size_t kMostPrepared = 16'384;

  Prepared* prepare(const std::shared_ptr<const DeliveryTarget>& target, std::string& problem);
  std::string body_of(const Delivery& delivery, const Prepared& prepared, EventNames& first,
                      std::string& problem);

  EventLoop& loop_;
  HttpClient& client_;
  EventTexts texts_;
  std::unordered_map<const DeliveryTarget*, std::unique_ptr<Prepared>> prepared_;
};

}  // namespace sluice::delivery

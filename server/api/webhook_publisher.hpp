// Brings webhooks from the configuration to those who match and deliver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "domain/webhook.hpp"
#include "sluice/matcher.hpp"

namespace sluice::store {
class Webhooks;
}

namespace sluice::api {

/// Thread safety: every member, from any thread; changes of one webhook are to come in the order in
/// which they were stored.
class WebhookPublisher {
 public:
  /// `changed` and `removed` are called with the webhook's number after it was published or
  /// withdrawn, for those who deliver.
  WebhookPublisher(Matcher& matcher, std::function<void(std::uint32_t)> changed,
                   std::function<void(std::uint32_t)> removed);

  /// Puts every active webhook of the store into the Matcher; returns how many.
  std::size_t load(store::Webhooks& store);

  /// The webhook as it now is: subscribed, or not when it is paused.
  void publish(const domain::Webhook& webhook);
  void withdraw(std::uint32_t number);

 private:
  void put(std::uint32_t number, std::uint32_t organisation,
           std::span<const std::string_view> event_types);

  Matcher& matcher_;
  std::function<void(std::uint32_t)> changed_;
  std::function<void(std::uint32_t)> removed_;
};

}  // namespace sluice::api

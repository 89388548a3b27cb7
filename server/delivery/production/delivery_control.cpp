#include "delivery/production/delivery_control.hpp"

#include <memory>
#include <string>
#include <utility>

namespace sluice::delivery {
namespace {

// Longer than the longest timeout of a channel (60 s).
constexpr std::chrono::seconds kTestPatience{75};
constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::seconds kFigurePatience{2};

}  // namespace

/// `ask` runs on the loop and is given what to call with the answer. The place of the answer is
/// shared, so that one that comes too late is answered to nobody.
template <class Answer, class Ask>
std::optional<Answer> DeliveryControl::ask(std::chrono::seconds patience, Ask&& ask) {
  const auto place = std::make_shared<std::optional<Answer>>();
  loop_.post([this, ask = std::forward<Ask>(ask), place]() mutable {
    ask([this, place](Answer answer) {
      const base::MutexLock lock(mutex_);
      *place = std::move(answer);
      changed_.notify_all();
    });
  });
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const base::MutexLock lock(mutex_);
  while (!*place && !is_closed_ && changed_.wait_until(mutex_, deadline)) {
  }
  return std::move(*place);
}

void DeliveryControl::close() {
  const base::MutexLock lock(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

void DeliveryControl::webhook_changed(std::uint32_t webhook) {
  loop_.post([this, webhook] { dispatcher_.webhook_changed(webhook); });
}

void DeliveryControl::webhook_removed(std::uint32_t webhook) {
  loop_.post([this, webhook] { dispatcher_.webhook_removed(webhook); });
}

std::optional<std::vector<AttemptRecord>> DeliveryControl::test(std::uint32_t webhook,
                                                                OwedEvent event) {
  return ask<std::vector<AttemptRecord>>(
      kTestPatience, [this, webhook, event = std::move(event)](auto answer) {
        dispatcher_.test(webhook, event, std::move(answer));
      });
}

// A cipher is one thread's, and quick to set up.
std::optional<DeliveryKey> DeliveryControl::key_of(std::string_view delivery_id) const {
  return DeliveryIds(id_secret_).parse(delivery_id);
}

bool DeliveryControl::flush() {
  return ask<bool>(kPatience, [this](auto answer) {
           dispatcher_.flush([answer = std::move(answer)]() mutable { answer(true); });
         }).has_value();
}

std::optional<RetryAnswer> DeliveryControl::retry(std::string_view delivery_id) {
  return ask<RetryAnswer>(kPatience, [this, id = std::string{delivery_id}](auto answer) {
    dispatcher_.retry(id, std::move(answer));
  });
}

std::optional<RecoverReport> DeliveryControl::recover(RecoverRequest request) {
  return ask<RecoverReport>(kPatience, [this, request = std::move(request)](auto answer) {
    dispatcher_.recover(request, std::move(answer));
  });
}

std::optional<FiguresByOrganisation> DeliveryControl::figures(
    std::vector<std::uint32_t> organisations) {
  return ask<FiguresByOrganisation>(
      kFigurePatience, [this, organisations = std::move(organisations)](auto answer) {
        FiguresByOrganisation figures;
        const auto& attempts = dispatcher_.attempts();
        for (const std::uint32_t organisation : organisations) {
          const auto found = attempts.find(organisation);
          figures[organisation].attempts = found == attempts.end() ? AttemptCounts{} : found->second;
        }
        dispatcher_.for_each_channel([&figures](const ChannelStats& channel) {
          const auto found = figures.find(channel.organisation);
          if (found == figures.end()) return;
          Owed& owed = found->second.owed;
          owed.deliveries += channel.queued + channel.behind + channel.in_flight + channel.waiting;
          owed.waiting += channel.waiting;
          owed.open_circuits += channel.circuit == CircuitBreaker::State::closed ? 0 : 1;
          owed.paused_channels += channel.is_paused ? 1 : 0;
        });
        answer(std::move(figures));
      });
}

std::optional<DispatcherStats> DeliveryControl::stats() {
  return ask<DispatcherStats>(kFigurePatience, [this](auto answer) { answer(dispatcher_.stats()); });
}

}  // namespace sluice::delivery

// The webhooks that delivery has to do with at present. Those that are owed something stay; of the
// others the last ones stay for their next event, and with them their circuits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/clock.hpp"
#include "delivery/channel_policy.hpp"
#include "delivery/target_source.hpp"
#include "delivery/webhook_entry.hpp"

namespace sluice::delivery {

/// What others do about changes of the table.
class WebhookWatcher {
 public:
  virtual ~WebhookWatcher() = default;
  WebhookWatcher(const WebhookWatcher&) = delete;
  WebhookWatcher& operator=(const WebhookWatcher&) = delete;
  /// Its channels are as they should be, or it is gone. What came in meanwhile is to be seen to.
  virtual void webhook_known(WebhookEntry& webhook, const WebhookEntry::Arrivals& arrivals) = 0;
  /// The channel is about to end, with everything that it is owed.
  virtual void channel_ends(DeliveryChannel& channel) = 0;

 protected:
  WebhookWatcher() = default;
};

/// Thread safety: none.
class WebhookTable {
 public:
  struct Options {
    std::size_t idle_webhooks = 65'536;
    PolicyDefaults defaults;
    std::chrono::seconds paused_wait{0};
  };

  /// `source` and `watcher` may call back, on this thread, while they are called.
  WebhookTable(TargetSource& source, QueueBudget& budget, const base::Clock& clock,
               WebhookWatcher& watcher, const Options& options);

  /// The webhook; its loading has begun if it was not here.
  WebhookEntry& get(std::uint32_t webhook);
  /// The webhook, if it is here.
  WebhookEntry* find(std::uint32_t webhook);

  /// What an earlier process has left of the webhook; load_prepared() then loads them all.
  WebhookEntry::Arrivals& prepare(std::uint32_t webhook);
  void load_prepared();

  /// Runs `question` when the webhook is known as it is now, or known to be gone.
  void ask(std::uint32_t webhook, std::function<void(WebhookEntry&)> question);

  /// Sends it nothing more until it is written again.
  void pause(WebhookEntry& webhook);
  /// It was written: what is here is read again. Channels that it got are owed what came at
  /// `new_from` or later.
  void reload(std::uint32_t webhook, journal::Sequence new_from);
  /// It is deleted.
  void remove(std::uint32_t webhook);

  /// Whether more webhooks are being loaded than the feed should run ahead of.
  bool is_busy() const noexcept { return pending_events_ > kMostPending; }
  /// Events are held by webhooks that are being loaded; the lowest of them, else `otherwise`.
  journal::Sequence lowest_pending(journal::Sequence otherwise) const;
  /// Holds an event for the channels that the webhook will turn out to have.
  void hold(WebhookEntry& webhook, journal::Sequence sequence);

  /// Sorts the webhook among the busy or the idle ones.
  void settle(WebhookEntry& webhook);
  /// Lets go of idle webhooks beyond the limit.
  void trim();

  const std::list<WebhookEntry*>& busy() const noexcept { return busy_; }

 private:
  static constexpr std::size_t kMostPending = 65'536;

  WebhookEntry& insert(std::unique_ptr<WebhookEntry>& place, std::uint32_t webhook);
  void load(WebhookEntry& webhook);
  void loaded(std::uint32_t webhook, std::optional<WebhookTargets> targets);
  void apply(WebhookEntry& webhook, WebhookTargets targets);
  void end_channels_but(WebhookEntry& webhook, const WebhookTargets& kept);
  void answer(WebhookEntry& webhook);

  TargetSource& source_;
  QueueBudget& budget_;
  const base::Clock& clock_;
  WebhookWatcher& watcher_;
  Options options_;
  std::unordered_map<std::uint32_t, std::unique_ptr<WebhookEntry>> webhooks_;
  std::list<WebhookEntry*> busy_;
  std::list<WebhookEntry*> idle_;  // those that became idle last are at the end
  std::set<std::pair<journal::Sequence, std::uint32_t>> pending_;  // first held event, webhook
  std::size_t pending_events_ = 0;
};

}  // namespace sluice::delivery

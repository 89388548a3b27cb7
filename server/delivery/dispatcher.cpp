#include "delivery/dispatcher.hpp"

#include <utility>

#include "delivery/dispatcher_impl.hpp"

namespace sluice::delivery {

Dispatcher::Dispatcher(const DispatcherParts& parts, const DispatcherOptions& options)
    : impl_(std::make_unique<Impl>(parts, options)) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::start() { impl_->start(); }

void Dispatcher::committed() { impl_->committed(); }

void Dispatcher::webhook_changed(std::uint32_t webhook) { impl_->webhook_changed(webhook); }

void Dispatcher::webhook_removed(std::uint32_t webhook) { impl_->webhook_removed(webhook); }

void Dispatcher::test(std::uint32_t webhook, OwedEvent event,
                      std::function<void(std::vector<AttemptRecord>)> receiver) {
  impl_->test(webhook, std::move(event), std::move(receiver));
}

void Dispatcher::flush(std::function<void()> receiver) { impl_->flush(std::move(receiver)); }

void Dispatcher::retry(std::string_view delivery_id, std::function<void(RetryAnswer)> receiver) {
  impl_->retry(delivery_id, std::move(receiver));
}

void Dispatcher::recover(RecoverRequest request, std::function<void(RecoverReport)> receiver) {
  impl_->recover(std::move(request), std::move(receiver));
}

void Dispatcher::stop(std::chrono::steady_clock::time_point deadline,
                      std::function<void()> receiver) {
  impl_->stop(deadline, std::move(receiver));
}

const std::unordered_map<std::uint32_t, AttemptCounts>& Dispatcher::attempts() const {
  return impl_->attempts();
}

DispatcherStats Dispatcher::stats() const { return impl_->stats(); }

void Dispatcher::for_each_channel(const std::function<void(const ChannelStats&)>& visit) const {
  impl_->for_each_channel(visit);
}

}  // namespace sluice::delivery

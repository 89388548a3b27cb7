#include "http/mailbox.hpp"

namespace sluice::http {

Mailbox::~Mailbox() { close(); }

void Mailbox::put(Exchange& exchange, ExchangeSignals&& signals) noexcept {
  {
    const base::MutexLock lock(mutex_);
    if (is_closed_) return;
    exchange.waiting_.add(std::move(signals));
    if (!exchange.is_waiting_) {
      exchange.is_waiting_ = true;
      exchange.next_waiting_ = nullptr;
      exchange.add_reference();  // given to take()
      (last_ == nullptr ? first_ : last_->next_waiting_) = &exchange;
      last_ = &exchange;
    }
    if (std::exchange(is_waking_, true)) return;
  }
  wake_();
}

ExchangeRef Mailbox::take() noexcept {
  const base::MutexLock lock(mutex_);
  if (first_ == nullptr) {
    is_waking_ = false;
    return {};
  }
  Exchange& exchange = *first_;
  first_ = exchange.next_waiting_;
  if (first_ == nullptr) last_ = nullptr;
  exchange.is_waiting_ = false;
  exchange.arrived_.add(std::exchange(exchange.waiting_, {}));
  ExchangeRef taken(&exchange);
  exchange.drop_reference();  // put()'s
  return taken;
}

void Mailbox::close() noexcept {
  Exchange* forgotten = nullptr;
  {
    const base::MutexLock lock(mutex_);
    is_closed_ = true;
    forgotten = std::exchange(first_, nullptr);
    last_ = nullptr;
  }
  while (forgotten != nullptr) {
    Exchange* const next = forgotten->next_waiting_;
    forgotten->drop_reference();
    forgotten = next;
  }
}

}  // namespace sluice::http

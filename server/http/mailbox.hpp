// The way of answers from other threads back to the I/O thread of their connection. Answers that
// come close together wake the thread once.
//
// Roles:      any thread puts; the I/O thread takes. The mailbox outlives its I/O thread for as
//             long as an Exchange refers to it.
#pragma once

#include <functional>
#include <thread>
#include <utility>

#include "base/mutex.hpp"
#include "http/exchange.hpp"

namespace sluice::http {

class Mailbox {
 public:
  /// `wake` makes the I/O thread call take() soon. It is called by any thread, also when the I/O
  /// thread has ended.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Makes the calling thread the I/O thread, before the first Exchange is used.
  void adopt_thread() noexcept { owner_ = std::this_thread::get_id(); }
  bool is_own_thread() const noexcept { return owner_ == std::this_thread::get_id(); }

  /// Adds `signals` to what waits for `exchange`. Thread safety: any thread. Does not allocate.
  void put(Exchange& exchange, ExchangeSignals&& signals) noexcept;

  /// The next exchange whose signals have arrived, which take() has handed to it; null when none is
  /// left, and then the next put() wakes again. Thread safety: the I/O thread only.
  ExchangeRef take() noexcept;

  /// Forgets what waits and what is still to come. Thread safety: any thread.
  void close() noexcept;

 private:
  const std::function<void()> wake_;
  std::thread::id owner_;  // written once, before anybody else has an Exchange to ask with
  base::Mutex mutex_;
  Exchange* first_ SLUICE_GUARDED_BY(mutex_) = nullptr;
  Exchange* last_ SLUICE_GUARDED_BY(mutex_) = nullptr;
  bool is_waking_ SLUICE_GUARDED_BY(mutex_) = false;
  bool is_closed_ SLUICE_GUARDED_BY(mutex_) = false;
};

}  // namespace sluice::http

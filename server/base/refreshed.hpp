// A value that costs something to make, for many who ask: made by one of them at a time, and not again
// before a while has passed.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "base/clock.hpp"
#include "base/mutex.hpp"

namespace sluice::base {

/// Thread safety: every member, from any thread. Lifetime: the clock, and what `make` uses, outlive it.
template <class T>
class Refreshed {
 public:
  using Duration = std::chrono::steady_clock::duration;

  Refreshed(const Clock& clock, Duration lifetime, std::function<T()> make)
      : clock_(clock), lifetime_(lifetime), make_(std::move(make)) {}

  /// The last value, if it is younger than the lifetime or is being made anew; else a new one. Before
  /// there is any, everybody waits for the first. Never null. Errors: what `make` throws, to the one
  /// who ran it; then the next one tries.
  std::shared_ptr<const T> get() {
    return get([](const T&) { return true; });
  }
  /// The same of a value that `is_fit`, which must not block; one that is made by the caller is.
  template <class IsFit>
  std::shared_ptr<const T> get(const IsFit& is_fit) {
    if (auto kept = kept_or_begin(is_fit)) return kept;
    std::shared_ptr<const T> made;
    try {
      made = std::make_shared<const T>(make_());
    } catch (...) {
      end(nullptr);
      throw;
    }
    end(made);
    return made;
  }

 private:
  /// Null: the caller makes it.
  template <class IsFit>
  std::shared_ptr<const T> kept_or_begin(const IsFit& is_fit) {
    const MutexLock lock(mutex_);
    while (is_making_ && !(value_ && is_fit(*value_))) changed_.wait(mutex_);
    const bool is_kept = is_making_ || (value_ && clock_.steady_now() - made_at_ < lifetime_);
    if (is_kept && is_fit(*value_)) return value_;
    is_making_ = true;
    return nullptr;
  }

  void end(std::shared_ptr<const T> made) {
    const MutexLock lock(mutex_);
    is_making_ = false;
    if (made) {
      value_ = std::move(made);
      made_at_ = clock_.steady_now();
    }
    changed_.notify_all();
  }

  const Clock& clock_;
  const Duration lifetime_;
  const std::function<T()> make_;
  Mutex mutex_;
  Condition changed_;
  bool is_making_ SLUICE_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const T> value_ SLUICE_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point made_at_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::base

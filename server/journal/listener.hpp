// Who is told of something. It can be changed while it is told.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/mutex.hpp"

namespace sluice::journal {

/// Thread safety: set() from any thread but one that tells; tell() from any.
template <class... Arguments>
class Listener {
 public:
  using Function = std::function<void(Arguments...)>;

  /// When it returns, the earlier function is not running and will not be called again.
  void set(Function function) {
    auto next = function ? std::make_shared<Function>(std::move(function)) : nullptr;
    const base::MutexLock lock(mutex_);
    function_.swap(next);
    while (telling_ != 0) told_.wait(mutex_);
  }

  void tell(Arguments... arguments) {
    std::shared_ptr<Function> function;
    {
      const base::MutexLock lock(mutex_);
      if (!function_) return;
      function = function_;
      ++telling_;
    }
    (*function)(arguments...);
    const base::MutexLock lock(mutex_);
    if (--telling_ == 0) told_.notify_all();
  }

 private:
  base::Mutex mutex_;
  base::Condition told_;
  std::shared_ptr<Function> function_ SLUICE_GUARDED_BY(mutex_);
  int telling_ SLUICE_GUARDED_BY(mutex_) = 0;  // calls of it that have begun
};

}  // namespace sluice::journal

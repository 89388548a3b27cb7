// Bodies in the order in which their next steps are due. Each holds the one behind it, so that it costs
// no memory to stand in the queue: a step that has to be done can always be put there.
#pragma once

#include <memory>
#include <utility>

#include "ingest/body_work.hpp"

namespace sluice::ingest {

/// Thread safety: none.
class ReadyQueue {
 public:
  void push(std::shared_ptr<BodyWork> work) noexcept {
    BodyWork* const last = work.get();
    (first_ ? last_->behind : first_) = std::move(work);
    last_ = last;
  }

  bool is_empty() const noexcept { return first_ == nullptr; }

  /// Precondition: there is one.
  std::shared_ptr<BodyWork> pop() noexcept {
    auto work = std::move(first_);
    first_ = std::move(work->behind);
    return work;
  }

 private:
  std::shared_ptr<BodyWork> first_;
  BodyWork* last_ = nullptr;  // while there is a first
};

}  // namespace sluice::ingest

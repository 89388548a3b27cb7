// The kept connections of all pools in the order of their last use: when there is room for no more
// connections, the first one gives way.
#pragma once

#include <cstddef>

#include "delivery/connection.hpp"

namespace sluice::delivery {

/// A list that runs through the connections. Thread safety: none.
class IdleQueue {
 public:
  Connection* front() const noexcept { return front_; }

  void push(Connection& connection) noexcept {
    connection.idle_before = back_;
    connection.idle_after = nullptr;
    (back_ != nullptr ? back_->idle_after : front_) = &connection;
    back_ = &connection;
    ++size_;
  }
  void remove(Connection& connection) noexcept {
    (connection.idle_before != nullptr ? connection.idle_before->idle_after : front_) =
        connection.idle_after;
    (connection.idle_after != nullptr ? connection.idle_after->idle_before : back_) =
        connection.idle_before;
    --size_;
  }
  std::size_t size() const noexcept { return size_; }

 private:
  Connection* front_ = nullptr;
  Connection* back_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sluice::delivery

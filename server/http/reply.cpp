#include "http/reply.hpp"

#include <utility>

namespace sluice::http {

Reply::Reply(Reply&& other) noexcept
    : target_(std::exchange(other.target_, nullptr)), is_sent_(other.is_sent_) {}

Reply& Reply::operator=(Reply&& other) noexcept {
  if (this != &other) {
    if (target_ != nullptr) target_->release();
    target_ = std::exchange(other.target_, nullptr);
    is_sent_ = other.is_sent_;
  }
  return *this;
}

Reply::~Reply() {
  if (target_ != nullptr) target_->release();
}

void Reply::send(Response response) {
  if (target_ == nullptr || std::exchange(is_sent_, true)) return;
  target_->send(std::move(response));
}

void Reply::set_route(std::size_t route) noexcept {
  if (target_ != nullptr) target_->set_route(route);
}

void Reply::resume() {
  if (target_ != nullptr && !is_sent_) target_->resume();
}

}  // namespace sluice::http

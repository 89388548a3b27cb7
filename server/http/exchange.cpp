#include "http/exchange.hpp"

#include <algorithm>

#include "http/mailbox.hpp"
#include "http/request_rules.hpp"
#include "http/trusted_proxies.hpp"

namespace sluice::http {

void ExchangeSignals::add(ExchangeSignals&& later) noexcept {
  if (later.answer && !answer) answer = std::move(later.answer);
  is_dropped |= later.is_dropped;
  is_resumed |= later.is_resumed;
}

Exchange::Exchange(std::shared_ptr<Mailbox> mailbox) : mailbox_(std::move(mailbox)) {}

Exchange::~Exchange() = default;

void Exchange::reset(SessionHost& host, std::string_view peer_address,
                     std::string_view request_id) {
  host_ = &host;
  was_sent_ = false;
  route_.reset();
  arrived_ = {};
  head_ = {};
  text_.clear();
  target_bytes_ = 0;
  places_.clear();
  peer_address_ = peer_address;
  request_id_ = request_id;
  head_.request_id = request_id_;
}

void Exchange::set_request_line(Method method, std::string_view target, bool is_http_1_0) {
  head_.method = method;
  head_.is_http_1_0 = is_http_1_0;
  text_.append(target);
  target_bytes_ = target.size();
}

void Exchange::add_field(std::string_view name, std::string_view value) {
  const auto offset = static_cast<std::uint32_t>(text_.size());
  const auto middle = static_cast<std::uint32_t>(offset + name.size());
  places_.push_back({offset, middle, static_cast<std::uint32_t>(middle + value.size())});
  text_.append(name);
  text_.append(value);
}

void Exchange::set_body(std::optional<std::uint64_t> content_length, bool has_body) noexcept {
  head_.content_length = content_length;
  head_.has_body = has_body;
}

void Exchange::complete_head() {
  const std::string_view text = text_;
  fields_.clear();
  for (const Place& place : places_) {
    fields_.push_back({text.substr(place.name, place.value - place.name),
                       text.substr(place.value, place.end - place.value)});
  }
  head_.fields = fields_;
  head_.peer_address = peer_address_;
  head_.target = origin_form(text.substr(0, target_bytes_));
  const std::size_t mark = std::min(head_.target.find('?'), head_.target.size());
  head_.path = head_.target.substr(0, mark);
  head_.query = head_.target.substr(std::min(mark + 1, head_.target.size()));
  if (head_.path.empty()) head_.path = "/";
  const std::string_view callers_id = head_.header("x-request-id");
  if (is_request_id(callers_id)) head_.request_id = callers_id;
}

void Exchange::find_client(const TrustedProxies& proxies) {
  const auto client = proxies.client_of(head_.fields);
  if (!client) return;
  peer_address_ = client->text();
  head_.peer_address = peer_address_;
  head_.is_peer_vouched_for = true;
}

bool Exchange::is_unshared() const noexcept {
  // sync[exchange_unshared] acquire -> exchange_dropped: what the other holder did is over.
  return references_.load(std::memory_order_acquire) == 1;
}

void Exchange::send(Response&& response) {
  was_sent_ = true;
  ExchangeSignals signals;
  signals.answer = std::move(response);
  signal(std::move(signals));
}

void Exchange::resume() {
  ExchangeSignals signals;
  signals.is_resumed = true;
  signal(std::move(signals));
}

void Exchange::release() noexcept {
  if (!was_sent_) {
    ExchangeSignals signals;
    signals.is_dropped = true;
    signal(std::move(signals));
  }
  drop_reference();
}

void Exchange::signal(ExchangeSignals&& signals) noexcept {
  if (mailbox_->is_own_thread() && is_inline_) {
    arrived_.add(std::move(signals));
  } else {
    mailbox_->put(*this, std::move(signals));
  }
}

void Exchange::add_reference() noexcept {
  // relaxed: who adds one holds one, so the count cannot reach zero meanwhile.
  references_.fetch_add(1, std::memory_order_relaxed);
}

void Exchange::drop_reference() noexcept {
  // sync[exchange_dropped] acq_rel -> exchange_dropped, exchange_unshared: the last one sees all.
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

}  // namespace sluice::http

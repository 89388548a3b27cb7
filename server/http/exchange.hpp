// One request and its answer: what the session and the holder of the Reply have in common.
//
// Roles:      the session's I/O thread owns everything but `references_`, the fields that the
//             mailbox guards, and `was_sent_`, which belongs to whoever holds the Reply.
// Frees:      the last reference deletes it, on whichever thread that is.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/reply.hpp"
#include "http/request.hpp"

namespace sluice::http {

class Mailbox;
class TrustedProxies;

/// What has a session, and is told when a Reply did something outside of a call to the handler.
class SessionHost {
 public:
  virtual void wake() = 0;

 protected:
  ~SessionHost() = default;
};

/// What a Reply did.
struct ExchangeSignals {
  std::optional<Response> answer = {};
  bool is_dropped = false;  // the Reply went away without an answer
  bool is_resumed = false;

  void add(ExchangeSignals&& later) noexcept;
};

class Exchange final : public ReplyTarget {
 public:
  explicit Exchange(std::shared_ptr<Mailbox> mailbox);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Begins anew, for another request. Only when nobody else refers to it.
  void reset(SessionHost& host, std::string_view peer_address, std::string_view request_id);
  /// The session is done with it: nobody is woken any more.
  void detach() noexcept { host_ = nullptr; }
  SessionHost* host() const noexcept { return host_; }

  // The head, as the parser finds it.
  void set_request_line(Method method, std::string_view target, bool is_http_1_0);
  void add_field(std::string_view name, std::string_view value);
  void set_body(std::optional<std::uint64_t> content_length, bool has_body) noexcept;
  /// Splits the target, takes the caller's request id over. After it, head() is whole.
  void complete_head();
  /// After it: the peer is a proxy, whose word about its client is taken.
  void find_client(const TrustedProxies& proxies);
  const RequestHead& head() const noexcept { return head_; }
  std::size_t fields() const noexcept { return places_.size(); }
  /// Of memory that reset() would keep.
  std::size_t kept_bytes() const noexcept { return text_.capacity(); }

  /// While a call to the handler is under way, what its Reply does is found here when it returns.
  void set_inline(bool is_inline) noexcept { is_inline_ = is_inline; }
  ExchangeSignals& arrived() noexcept { return arrived_; }

  /// Whether nobody else refers to it.
  bool is_unshared() const noexcept;

  // ReplyTarget
  void send(Response&& response) override;
  void resume() override;
  void release() noexcept override;
  void set_route(std::size_t route) noexcept override { route_ = route; }

  /// When the head was whole, and the route that the handler told.
  std::chrono::steady_clock::time_point begun_at{};
  std::optional<std::size_t> route() const noexcept { return route_; }

 private:
  friend class ExchangeRef;
  friend class Mailbox;

  struct Place {  // of a field in text_
    std::uint32_t name;
    std::uint32_t value;
    std::uint32_t end;
  };

  void signal(ExchangeSignals&& signals) noexcept;
  void add_reference() noexcept;
  void drop_reference() noexcept;

  std::atomic<std::uint32_t> references_{0};
  const std::shared_ptr<Mailbox> mailbox_;
  SessionHost* host_ = nullptr;
  bool is_inline_ = false;
  bool was_sent_ = false;
  std::optional<std::size_t> route_;
  ExchangeSignals arrived_;

  RequestHead head_;
  std::string text_;  // target, names and values, one after the other
  std::size_t target_bytes_ = 0;
  std::vector<Place> places_;
  std::vector<HeaderField> fields_;
  std::string peer_address_;
  std::string request_id_;

  // Guarded by the mailbox's mutex.
  Exchange* next_waiting_ = nullptr;
  bool is_waiting_ = false;
  ExchangeSignals waiting_;
};

/// Keeps an Exchange alive.
class ExchangeRef {
 public:
  ExchangeRef() noexcept = default;
  explicit ExchangeRef(Exchange* exchange) noexcept : exchange_(exchange) {
    if (exchange_ != nullptr) exchange_->add_reference();
  }
  ExchangeRef(ExchangeRef&& other) noexcept : exchange_(std::exchange(other.exchange_, nullptr)) {}
  ExchangeRef& operator=(ExchangeRef&& other) noexcept {
    std::swap(exchange_, other.exchange_);
    return *this;
  }
  ~ExchangeRef() {
    if (exchange_ != nullptr) exchange_->drop_reference();
  }

  /// A Reply to it, which holds a reference of its own.
  Reply make_reply() const noexcept {
    exchange_->add_reference();
    return Reply(*exchange_);
  }

  Exchange* get() const noexcept { return exchange_; }
  Exchange* operator->() const noexcept { return exchange_; }
  Exchange& operator*() const noexcept { return *exchange_; }
  explicit operator bool() const noexcept { return exchange_ != nullptr; }

 private:
  Exchange* exchange_ = nullptr;
};

}  // namespace sluice::http

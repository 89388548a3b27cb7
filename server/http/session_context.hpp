// What the sessions of one I/O thread have in common.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/exchange.hpp"
#include "http/handler.hpp"
#include "http/http_date.hpp"
#include "http/mailbox.hpp"
#include "http/request_ids.hpp"
#include "http/server_options.hpp"
#include "http/thread_counters.hpp"

namespace sluice::http {

/// Thread safety: the I/O thread only.
class SessionContext {
 public:
  /// Lifetime: all that is given by reference outlives it. `thread_counters` gets the handler's
  /// routes. Errors: std::bad_alloc.
  SessionContext(const RequestLimits& request_limits, Handler& request_handler,
                 const base::Clock& service_clock, ThreadCounters& thread_counters,
                 std::shared_ptr<Mailbox> thread_mailbox, RequestIds ids);

  /// One that nobody uses, perhaps used before, so that a request does not pay for its memory.
  ExchangeRef take_exchange();
  void give_back(ExchangeRef exchange) noexcept;

  /// Appends the answer to a connection that ends with it, before there was a request.
  void write_refusal(std::string& output, int status, std::string_view message);

  const RequestLimits& limits;
  Handler& handler;
  const base::Clock& clock;  // how long requests take
  ThreadCounters& counters;
  const std::shared_ptr<Mailbox> mailbox;
  HttpDate date;
  RequestIds request_ids;

 private:
  static constexpr std::size_t kKeptExchanges = 128;
  static constexpr std::size_t kKeptBytes = 4096;  // of an exchange's text

  std::vector<ExchangeRef> free_exchanges_;
};

}  // namespace sluice::http

#include "http/session_context.hpp"

#include <utility>

#include "http/problem.hpp"
#include "http/response_writer.hpp"

namespace sluice::http {

SessionContext::SessionContext(const RequestLimits& request_limits, Handler& request_handler,
                               const base::Clock& service_clock, ThreadCounters& thread_counters,
                               std::shared_ptr<Mailbox> thread_mailbox, RequestIds ids)
    : limits(request_limits),
      handler(request_handler),
      clock(service_clock),
      counters(thread_counters),
      mailbox(std::move(thread_mailbox)),
      request_ids(ids) {
  free_exchanges_.reserve(kKeptExchanges);
  counters.routes = std::vector<RouteCounters>(handler.routes());
}

ExchangeRef SessionContext::take_exchange() {
  if (free_exchanges_.empty()) return ExchangeRef(new Exchange(mailbox));
  ExchangeRef exchange = std::move(free_exchanges_.back());
  free_exchanges_.pop_back();
  return exchange;
}

void SessionContext::give_back(ExchangeRef exchange) noexcept {
  exchange->detach();
  const bool is_worth_it = free_exchanges_.size() < kKeptExchanges && exchange->is_unshared() &&
                           exchange->kept_bytes() <= kKeptBytes;
  if (is_worth_it) free_exchanges_.push_back(std::move(exchange));
}

void SessionContext::write_refusal(std::string& output, int status, std::string_view message) {
  write_response(
      output, problem(status, message),
      {.date = date.text(), .request_id = request_ids.next(), .keeps_alive = false});
}

}  // namespace sluice::http

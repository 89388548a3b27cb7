#include "http/session.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/log.hpp"
#include "http/problem.hpp"
#include "http/response_writer.hpp"

namespace sluice::http {
namespace {

// RFC 9112 section 2.2 asks for one; a peer that sends nothing else is no client.
constexpr unsigned kMaxEmptyLineBytes = 8;
// Less is read with what follows it.
constexpr std::size_t kLeastRoom = 4096;

}  // namespace

Session::Session(SessionContext& context, SessionHost& host, std::string peer_address)
    : context_(context),
      host_(host),
      peer_address_(std::move(peer_address)),
      parser_(context.limits) {}

Session::~Session() {
  abandon();
  if (exchange_) context_.give_back(std::move(exchange_));
}

void Session::set_peer(std::string address, const TrustedProxies* proxies) {
  peer_address_ = std::move(address);
  proxies_ = proxies;
}

Session::Phase Session::phase() const noexcept {
  if (is_closing_) return Phase::closing;
  if (!exchange_) return Phase::idle;
  if (!parser_.is_head_done()) return Phase::head;
  if (is_body_done_) return Phase::waiting;
  return is_paused_ ? Phase::paused : Phase::body;
}

std::span<char> Session::room() noexcept {
  if (phase() != Phase::body || !receiver_) return {};
  const std::span<char> room = receiver_->room();
  const std::size_t bytes = std::min<std::uint64_t>(room.size(), parser_.remaining_in_one_piece());
  return bytes < kLeastRoom ? std::span<char>{} : room.first(bytes);
}

std::size_t Session::consume(std::string_view bytes, std::string& output) {
  std::size_t used = 0;
  bool needs_more = false;
  while (used < bytes.size() && !needs_more && wants_bytes() && output.size() < kOutputLimit) {
    used += step(bytes.substr(used), output, needs_more);
  }
  return used;
}

std::size_t Session::step(std::string_view bytes, std::string& output, bool& needs_more) {
  if (!exchange_) {
    const std::size_t skipped = skip_empty_lines(bytes);
    if (skipped != 0) return skipped;
    if (bytes == "\r") {
      needs_more = true;
      return 0;
    }
    begin_exchange();
  }
  const RequestParser::Advance advance = parser_.advance(bytes);
  switch (advance.step) {
    case RequestParser::Step::need_more: needs_more = true; break;
    case RequestParser::Step::moved: move_on(output); break;
    case RequestParser::Step::head: begin_request(output); break;
    case RequestParser::Step::fragment: take_fragment(advance.fragment, output); break;
    case RequestParser::Step::refused:
      refuse(parser_.refusal().status, parser_.refusal().message, output);
      break;
  }
  return advance.used;
}

std::size_t Session::skip_empty_lines(std::string_view bytes) {
  if (bytes.substr(0, 2) != "\r\n" || empty_lines_ >= kMaxEmptyLineBytes) return 0;
  empty_lines_ += 2;
  return 2;
}

void Session::begin_exchange() {
  exchange_ = context_.take_exchange();
  exchange_->reset(host_, peer_address_, context_.request_ids.next());
  parser_.start(*exchange_);
  ++begun_;
  empty_lines_ = 0;
  discarded_ = 0;
  is_body_done_ = false;
  is_answered_ = false;
  is_paused_ = false;
}

void Session::begin_request(std::string& output) {
  exchange_->complete_head();
  if (proxies_ != nullptr) exchange_->find_client(*proxies_);
  is_continue_due_ = parser_.expects_continue();
  exchange_->begun_at = context_.clock.steady_now();
  context_.counters.requests.add(1);
  call_handler(output, [&] {
    receiver_ = context_.handler.begin(exchange_->head(), exchange_.make_reply());
  });
  if (!is_answered_ && std::exchange(is_continue_due_, false)) {
    output += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  move_on(output);
}

void Session::take_fragment(std::string_view fragment, std::string& output) {
  if (receiver_) {
    call_handler(output, [&] { is_paused_ = !receiver_->receive(fragment); });
  } else {
    discarded_ += fragment.size();
    if (discarded_ > context_.limits.discard_bytes) {
      return refuse(413, "The body is longer than this resource takes", output);
    }
  }
  move_on(output);
}

// What follows when the last of the body, or the answer, has come.
void Session::move_on(std::string& output) {
  if (is_closing_ || !exchange_ || !parser_.is_done()) return;
  if (!is_body_done_ && !is_paused_) {
    is_body_done_ = true;
    if (receiver_) call_handler(output, [&] { receiver_->finish(); });
  }
  if (is_answered_ && is_body_done_) end_exchange();
}

// What the Reply does during `call` takes effect after it.
template <class Call>
void Session::call_handler(std::string& output, Call&& call) {
  int failure = 0;
  exchange_->set_inline(true);
  try {
    call();
  } catch (const std::bad_alloc&) {
    failure = 503;
  } catch (const std::exception& error) {
    base::log_error("a handler failed",
                    {{"request_id", exchange_->head().request_id},
                     {"client", exchange_->head().peer_address},
                     {"error", error.what()}});
    failure = 500;
  }
  exchange_->set_inline(false);
  if (failure != 0 && !exchange_->arrived().answer) {
    exchange_->arrived().answer = problem(
        failure, failure == 503 ? "The server is out of memory" : "The server made a mistake");
  }
  take_signals(output);
}

void Session::take_signals(std::string& output) {
  ExchangeSignals signals = std::exchange(exchange_->arrived(), {});
  if (is_answered_ || is_closing_) return;
  if (signals.is_resumed) is_paused_ = false;
  if (signals.answer) {
    answer(*signals.answer, output);
  } else if (signals.is_dropped) {
    answer(problem(500, "The server made a mistake"), output);
  }
}

void Session::settle(std::string& output) {
  if (!exchange_ || !parser_.is_head_done()) return;
  take_signals(output);
  move_on(output);
}

void Session::answer(const Response& response, std::string& output) {
  // The rest of a body is read only when it is known to be short, and surely sent.
  const std::uint64_t limit = context_.limits.discard_bytes;
  const bool is_rest_short =
      !is_continue_due_ && parser_.remaining() <= limit - std::min(discarded_, limit);
  keeps_alive_ = parser_.keeps_alive() && !response.close && !is_stopping_ && is_rest_short;
  const RequestHead& head = exchange_->head();
  write_response(output, response,
                 {.date = context_.date.text(),
                  .request_id = head.request_id,
                  .is_head_request = head.method == Method::head,
                  .keeps_alive = keeps_alive_,
                  .is_http_1_0 = head.is_http_1_0});
  count(response);
  is_answered_ = true;
  is_paused_ = false;
  receiver_.reset();
  if (!keeps_alive_ && !parser_.is_done()) {
    needs_linger_ = true;
    close();
  }
}

void Session::count(const Response& response) {
  const auto status_class = std::min(static_cast<std::size_t>(response.status / 100), std::size_t{5});
  context_.counters.responses_by_class.at(status_class).add(1);
  if (const auto route = exchange_->route()) {
    RouteCounters& counters = context_.counters.routes.at(*route);
    counters.responses_by_class.at(status_class).add(1);
    counters.durations.add(context_.clock.steady_now() - exchange_->begun_at);
  }
}

void Session::refuse(int status, std::string_view message, std::string& output) {
  auto& counters = context_.counters;
  if (status == 413 || status == 414 || status == 431) {
    counters.refused_too_large.add(1);
  } else if (status != 408) {
    counters.refused_malformed.add(1);
  }
  abandon();
  needs_linger_ = true;
  if (!is_answered_) {
    Response response = problem(status, message);
    response.close = true;
    answer(response, output);
  }
  close();
}

void Session::end_exchange() noexcept {
  receiver_.reset();
  context_.give_back(std::move(exchange_));
  if (!keeps_alive_ || is_stopping_) close();
}

void Session::expire(std::string& output) {
  switch (phase()) {
    case Phase::head: return refuse(408, "The header fields took too long", output);
    case Phase::body: return refuse(408, "The body took too long", output);
    default: close();
  }
}

void Session::stop() noexcept {
  is_stopping_ = true;
  if (!exchange_) close();
}

void Session::close() noexcept { is_closing_ = true; }

void Session::abandon() noexcept {
  if (receiver_ && !is_body_done_) {
    try {
      receiver_->abandon();
    } catch (const std::exception& error) {
      base::log_error("a receiver failed while it was abandoned", {{"error", error.what()}});
    }
  }
  receiver_.reset();
}

}  // namespace sluice::http

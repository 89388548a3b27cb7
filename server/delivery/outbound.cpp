#include "delivery/outbound.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace sluice::delivery {

namespace {

bool is_visible(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

RequestHead::RequestHead(Method method, domain::Url url, const HeaderBlock& headers)
    : url_(std::move(url)), method_(method) {
  if (!is_visible(url_.target) || !is_visible(url_.host))
    throw std::invalid_argument("a blank or a control character in a URL");
  text_ = method == Method::post ? "POST " : "GET ";
  text_.append(url_.target).append(" HTTP/1.1\r\nhost: ").append(url_.authority()).append("\r\n");
  text_.append(headers.lines());
  origin_ = (url_.is_secure ? "https://" : "http://") + url_.authority();
}

Outcome outcome_of_connect(int error) noexcept {
  switch (error) {
    case ECONNREFUSED: return Outcome::refused_connection;
    case ETIMEDOUT: return Outcome::timeout;
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
    case EACCES:
    case EPERM:
    case EINVAL:
    case EAFNOSUPPORT: return Outcome::unreachable;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return Outcome::overloaded;
    default: return Outcome::reset;
  }
}

void OutboundResult::take(Response&& response) {
  status = response.status;
  retry_after = std::move(response.retry_after);
  content_type = std::move(response.content_type);
  body = std::move(response.body);
  body_truncated = response.body_truncated;
}

std::string_view to_text(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::response: return "response";
    case Outcome::refused_connection: return "refused_connection";
    case Outcome::unreachable: return "unreachable";
    case Outcome::timeout: return "timeout";
    case Outcome::tls_error: return "tls_error";
    case Outcome::dns_error: return "dns_error";
    case Outcome::egress_refused: return "egress_refused";
    case Outcome::reset: return "reset";
    case Outcome::malformed: return "malformed";
    case Outcome::too_large: return "too_large";
    case Outcome::overloaded: return "overloaded";
    case Outcome::cancelled: return "cancelled";
  }
  return "unknown";
}

std::string_view to_text(Phase phase) noexcept {
  switch (phase) {
    case Phase::queue: return "queue";
    case Phase::resolve: return "resolve";
    case Phase::connect: return "connect";
    case Phase::tls: return "tls";
    case Phase::request: return "request";
    case Phase::response: return "response";
  }
  return "unknown";
}

}  // namespace sluice::delivery

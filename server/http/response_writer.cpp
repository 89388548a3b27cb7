#include "http/response_writer.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace sluice::http {
namespace {

// Beside the body and the handler's own fields; a bound, not a measure.
constexpr std::size_t kFrameBytes = 256;

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// A value cannot end its field: control characters become blanks.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char letter : value) {
    const auto byte = static_cast<unsigned char>(letter);
    out += (byte < 0x20 && letter != '\t') || byte == 0x7f ? ' ' : letter;
  }
  out += "\r\n";
}

bool may_have_body(int status) noexcept { return status != 204 && status != 304; }

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return {};
  }
}

void write_response(std::string& out, const Response& response, const ResponseFrame& frame) {
  const int status = response.status >= 200 && response.status <= 599 ? response.status : 500;
  const bool has_body = may_have_body(status);
  out.reserve(out.size() + kFrameBytes + (has_body ? response.body.size() : 0));
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(status));
  out += ' ';
  out += reason_phrase(status);
  out += "\r\nServer: sluice\r\nDate: ";
  out += frame.date;
  out += "\r\nX-Request-Id: ";
  out += frame.request_id;
  out += "\r\n";
  if (has_body) {
    if (!response.content_type.empty() && !response.body.empty()) {
      append_field(out, "Content-Type", response.content_type);
    }
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  if (!frame.keeps_alive) {
    out += "Connection: close\r\n";
  } else if (frame.is_http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
  if (has_body && !frame.is_head_request) out += response.body;
}

}  // namespace sluice::http

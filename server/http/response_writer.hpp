// Responses as bytes, with the fields that every one of them has.
#pragma once

#include <string>
#include <string_view>

#include "http/response.hpp"

namespace sluice::http {

/// What the connection adds to an answer.
struct ResponseFrame {
  std::string_view date;
  std::string_view request_id;
  bool is_head_request = false;
  bool keeps_alive = true;
  bool is_http_1_0 = false;
};

/// "Not Found"; empty for a status that has no phrase here.
std::string_view reason_phrase(int status) noexcept;

/// Appends the response to `out`. A status outside of 200 to 599 is sent as 500.
void write_response(std::string& out, const Response& response, const ResponseFrame& frame);

}  // namespace sluice::http

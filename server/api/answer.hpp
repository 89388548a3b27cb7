// Answers: JSON values and error envelopes as responses.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "http/response.hpp"

namespace sluice::api {

http::Response json_answer(int status, const boost::json::value& body);

/// The error envelope. 429 and 503 get a Retry-After.
http::Response error_answer(int status, std::string_view message,
                            const boost::json::object& details = {});

}  // namespace sluice::api

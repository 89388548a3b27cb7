#include "api/answer.hpp"

#include <boost/json.hpp>

#include "domain/problem.hpp"

namespace sluice::api {

http::Response json_answer(int status, const boost::json::value& body) {
  http::Response response;
  response.status = status;
  response.body = boost::json::serialize(body);
  return response;
}

http::Response error_answer(int status, std::string_view message, boost::json::object details) {
  http::Response response =
      json_answer(status, domain::error_envelope(status, message, std::move(details)));
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace sluice::api

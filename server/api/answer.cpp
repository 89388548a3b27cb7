#include "api/answer.hpp"

#include <boost/json.hpp>

#include "http/problem.hpp"

namespace sluice::api {

http::Response json_answer(int status, const boost::json::value& body) {
  http::Response response;
  response.status = status;
  response.body = boost::json::serialize(body);
  return response;
}

http::Response error_answer(int status, std::string_view message,
                            const boost::json::object& details) {
  http::Response response = http::problem(status, message, boost::json::serialize(details));
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace sluice::api

// An answer, as a handler makes it. Date, Server, X-Request-Id, Content-Length and Connection are
// added when it is written.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sluice::http {

struct Response {
  int status = 200;                               // 200 to 599
  std::string content_type = "application/json";  // left out when empty or when there is no body
  std::string body = {};                          // for HEAD: its length is sent, its bytes are not
  // Control characters in a value are sent as blanks, so that no value can begin another field.
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool close = false;  // end the connection after this answer
};

}  // namespace sluice::http

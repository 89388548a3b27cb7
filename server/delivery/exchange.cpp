#include "delivery/exchange.hpp"

namespace sluice::delivery {

void Exchange::frame() {
  const bool has_body =
      !request.body.empty() || request.head->method() == RequestHead::Method::post;
  framing =
      has_body ? "content-length: " + std::to_string(request.body.size()) + "\r\n\r\n" : "\r\n";
}

}  // namespace sluice::delivery

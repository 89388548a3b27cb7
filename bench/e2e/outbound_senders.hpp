// The senders that are compared: each keeps a number of signed deliveries on their way to one
// receiver until a number of them have been answered with 200.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace sluice::bench {

struct OutboundWork {
  std::string url;
  std::string secret;
  std::string ca_file;  // empty: plain text
  std::string body;
  std::size_t connections = 64;
};

class OutboundSender {
 public:
  virtual ~OutboundSender() = default;
  /// Makes `count` deliveries. Errors: std::runtime_error when one is not answered with 200.
  virtual void deliver(std::size_t count) = 0;
};

/// What sluice does: HttpClient and Signer.
std::unique_ptr<OutboundSender> make_sluice_sender(const OutboundWork& work);
/// What one would write with libcurl: its multi interface over epoll, with the same Signer.
std::unique_ptr<OutboundSender> make_curl_sender(const OutboundWork& work);

}  // namespace sluice::bench

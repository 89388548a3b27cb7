#include "bench/e2e/signed_request.hpp"

#include <charconv>
#include <cstdint>
#include <vector>

namespace sluice::bench {

std::optional<SignedRequest> SignedRequest::parse(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  SignedRequest request{bytes.substr(0, end + 4), {}};
  const std::string_view digits = request.value_of("ength: ");
  std::size_t length = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (bytes.size() - request.head.size() < length) return std::nullopt;
  request.body = bytes.substr(request.head.size(), length);
  return request;
}

std::string_view SignedRequest::value_of(std::string_view name) const noexcept {
  const std::size_t at = head.find(name);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = head.substr(at + name.size());
  return rest.substr(0, rest.find('\r'));
}

SignatureCheck::SignatureCheck(const std::string& secret)
    : signer_(delivery::Signer::make(std::vector<std::string>{secret}).value()) {}

bool SignatureCheck::is_signed(const SignedRequest& request) {
  const std::string_view time = request.value_of("webhook-timestamp: ");
  std::int64_t seconds = 0;
  std::from_chars(time.data(), time.data() + time.size(), seconds);
  signature_.clear();
  signer_.sign(request.value_of("webhook-id: "), seconds, request.body, signature_);
  return signature_ == request.value_of("webhook-signature: ");
}

}  // namespace sluice::bench

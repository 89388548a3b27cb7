// What receivers that are as fast as can be look at in a request: its length, and whether its
// signature is right.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "delivery/signer.hpp"

namespace sluice::bench {

/// A whole request at the front of some bytes; views of them.
struct SignedRequest {
  std::string_view head;  // with the empty line that ends it
  std::string_view body;

  /// Nothing: bytes are missing.
  static std::optional<SignedRequest> parse(std::string_view bytes);

  std::size_t bytes() const noexcept { return head.size() + body.size(); }
  /// Of the header that `name` ("webhook-id: ") ends the name of; empty: there is none.
  std::string_view value_of(std::string_view name) const noexcept;
};

/// Thread safety: one thread at a time.
class SignatureCheck {
 public:
  explicit SignatureCheck(const std::string& secret);

  bool is_signed(const SignedRequest& request);

 private:
  delivery::Signer signer_;
  std::string signature_;
};

}  // namespace sluice::bench

// The Date header field, made once for as long as it is right.
#pragma once

#include <array>
#include <string_view>

#include "base/time.hpp"

namespace sluice::http {

class HttpDate {
 public:
  /// Shows `now` from here on.
  void set(base::Time now) noexcept;

  /// "Tue, 24 Nov 2026 13:42:38 GMT". Source: RFC 9110 section 5.6.7.
  std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 29> text_{};
};

}  // namespace sluice::http

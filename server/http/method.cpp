#include "http/method.hpp"

#include <array>
#include <cstddef>

namespace sluice::http {
namespace {

constexpr std::array<std::string_view, 8> kTexts = {"GET",   "HEAD",   "POST",    "PUT",
                                                    "PATCH", "DELETE", "OPTIONS", "OTHER"};

}  // namespace

std::string_view to_text(Method method) noexcept {
  return kTexts.at(static_cast<std::size_t>(method));
}

Method to_method(std::string_view text) noexcept {
  for (std::size_t index = 0; index + 1 < kTexts.size(); ++index) {
    if (kTexts.at(index) == text) return static_cast<Method>(index);
  }
  return Method::other;
}

}  // namespace sluice::http

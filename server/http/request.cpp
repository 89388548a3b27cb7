#include "http/request.hpp"

#include <algorithm>
#include <utility>

namespace sluice::http {
namespace {

constexpr char to_lower(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [](char a, char b) { return to_lower(a) == to_lower(b); });
}

std::string_view RequestHead::header(std::string_view name) const noexcept {
  for (const HeaderField& field : fields) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

std::string RequestHead::joined_header(std::string_view name) const {
  std::string joined;
  bool is_first = true;
  for (const HeaderField& field : fields) {
    if (!equal_ignoring_case(field.name, name)) continue;
    if (!std::exchange(is_first, false)) joined += ", ";
    joined += field.value;
  }
  return joined;
}

}  // namespace sluice::http

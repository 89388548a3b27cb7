#include "domain/problems.hpp"

#include <algorithm>

namespace sluice::domain {
namespace {

constexpr std::size_t kMaxQuotedBytes = 80;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) >> 6U) == 2; }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

}  // namespace

Problems::Problems(std::string_view root) : location_{std::string{root}} {}

void Problems::report(std::string_view type, std::string message) {
  errors_.push_back({std::string{type}, location_, std::move(message)});
}

void Problems::report_at(LocationStep step, std::string_view type, std::string message) {
  const Place place = at(std::move(step));
  report(type, std::move(message));
}

void Problems::report_below(const std::vector<LocationStep>& steps, std::string_view type,
                            std::string message) {
  const auto here = static_cast<std::ptrdiff_t>(location_.size());
  location_.insert(location_.end(), steps.begin(), steps.end());
  report(type, std::move(message));
  location_.erase(location_.begin() + here, location_.end());
}

std::string quoted(std::string_view text) {
  std::size_t length = std::min(text.size(), kMaxQuotedBytes);
  while (length > 0 && length < text.size() && is_continuation(text[length])) --length;
  std::string result = "'";
  std::ranges::copy_if(text.substr(0, length), std::back_inserter(result),
                       [](char c) { return !is_control(c); });
  return result + (length < text.size() ? "...'" : "'");
}

std::size_t characters_in(std::string_view text) noexcept {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, is_continuation));
}

bool has_control_character(std::string_view text) noexcept {
  return std::ranges::any_of(text, is_control);
}

}  // namespace sluice::domain

#include "http/query.hpp"

#include <algorithm>

#include "http/percent.hpp"

namespace sluice::http {
namespace {

std::optional<std::string> decoded_part(std::string_view text) {
  if (text.find('+') == std::string_view::npos) return percent_decoded(text);
  std::string with_blanks(text);
  std::replace(with_blanks.begin(), with_blanks.end(), '+', ' ');
  return percent_decoded(with_blanks);
}

}  // namespace

std::optional<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (query.pairs_.size() == kMaxParameters) return std::nullopt;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decoded_part(pair.substr(0, equals));
    auto value = decoded_part(pair.substr(std::min(pair.size(), equals + 1)));
    if (!name || !value) return std::nullopt;
    query.pairs_.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace sluice::http

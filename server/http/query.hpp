// The query of a URL: name=value pairs, percent-decoded, in the order they were sent.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::http {

class Query {
 public:
  static constexpr std::size_t kMaxParameters = 64;

  /// Of the text after '?'. '+' is a blank. None: a bad percent-encoding, text that is not UTF-8, a
  /// control character, or more than kMaxParameters pairs: a 400.
  static std::optional<Query> parse(std::string_view text);

  /// The value of the first pair of that name; none when there is none.
  std::optional<std::string_view> find(std::string_view name) const noexcept;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace sluice::http

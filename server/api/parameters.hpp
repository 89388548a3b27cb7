// What a call's query says, and what is wrong with the call as a whole: a caller is told of all of it
// at once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "domain/validation_error.hpp"
#include "http/query.hpp"

namespace sluice::api {

/// A parameter that is absent or empty is what it is by default, and so is one that is reported.
/// Lifetime: within that of the query.
class Parameters {
 public:
  explicit Parameters(const http::Query& query) noexcept : query_(query) {}

  /// A whole number.
  std::size_t number(std::string_view name, std::size_t absent, std::size_t least,
                     std::size_t most);
  bool flag(std::string_view name, bool absent);
  /// As RFC 3339 has it.
  std::optional<base::Time> time(std::string_view name);
  std::optional<std::string> text(std::string_view name) const;
  std::size_t limit() { return number("limit", 50, 1, 1000); }

  /// What stands at `place` (query, path or body) under `name` is wrong.
  void report(std::string_view place, std::string_view name, std::string_view message,
              std::string_view type = "value_error");
  /// Errors: ApiError 422 with everything that was reported, if anything was.
  void expect_good() const;
  /// Reports this as well.
  [[noreturn]] void refuse(std::string_view place, std::string_view name, std::string_view message);

 private:
  [[noreturn]] void fail() const;

  const http::Query& query_;
  std::vector<domain::ValidationError> errors_;
};

}  // namespace sluice::api

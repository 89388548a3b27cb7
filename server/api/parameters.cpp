#include "api/parameters.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <variant>

#include "api/api_error.hpp"

namespace sluice::api {

std::size_t Parameters::number(std::string_view name, std::size_t absent, std::size_t least,
                               std::size_t most) {
  const auto given = text(name);
  if (!given) return absent;
  std::size_t value = 0;
  const char* const end = given->data() + given->size();
  const auto [rest, error] = std::from_chars(given->data(), end, value);
  if (error == std::errc{} && rest == end && value >= least && value <= most) return value;
  report("query", name,
         "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return absent;
}

bool Parameters::flag(std::string_view name, bool absent) {
  const auto given = text(name);
  if (!given) return absent;
  if (*given == "true" || *given == "1") return true;
  if (*given == "false" || *given == "0") return false;
  report("query", name, "expected true or false");
  return absent;
}

std::optional<base::Time> Parameters::time(std::string_view name) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto parsed = base::parse_iso8601(*given);
  if (!parsed)
    report("query", name, "expected a time such as 2026-01-31T12:00:00Z (RFC 3339)");
  return parsed;
}

std::optional<std::string> Parameters::text(std::string_view name) const {
  const auto given = query_.find(name);
  if (!given || given->empty()) return std::nullopt;
  return std::string{*given};
}

void Parameters::report(std::string_view place, std::string_view name, std::string_view message,
                        std::string_view type) {
  errors_.push_back(
      {std::string{type}, {std::string{place}, std::string{name}}, std::string{message}});
}

void Parameters::expect_good() const {
  if (!errors_.empty()) fail();
}

void Parameters::refuse(std::string_view place, std::string_view name, std::string_view message) {
  report(place, name, message);
  fail();
}

void Parameters::fail() const {
  const domain::ValidationError& first = errors_.front();
  const std::string message =
      errors_.size() == 1 ? std::get<std::string>(first.location.back()) + ": " + first.message
                          : std::to_string(errors_.size()) + " values are not valid";
  throw ApiError(422, message, {{"validation_errors", domain::to_json(errors_)}});
}

}  // namespace sluice::api

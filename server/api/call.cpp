#include "api/call.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <vector>

#include "api/api_error.hpp"
#include "domain/validation_error.hpp"

namespace sluice::api {

void refuse_parameter(std::string_view name, std::string_view message) {
  const std::vector<domain::ValidationError> errors{
      {"value_error", {std::string{"query"}, std::string{name}}, std::string{message}}};
  throw ApiError(422, std::string{name} + ": " + std::string{message},
                 {{"validation_errors", domain::to_json(errors)}});
}

std::size_t Call::number(std::string_view name, std::size_t absent, std::size_t least,
                         std::size_t most) const {
  const auto given = query.find(name);
  if (!given || given->empty()) return absent;
  std::size_t value = 0;
  const char* const end = given->data() + given->size();
  const auto [rest, error] = std::from_chars(given->data(), end, value);
  if (error != std::errc{} || rest != end || value < least || value > most)
    refuse_parameter(name, "expected a whole number from " + std::to_string(least) + " to " +
                               std::to_string(most));
  return value;
}

bool Call::flag(std::string_view name, bool absent) const {
  const auto given = query.find(name);
  if (!given || given->empty()) return absent;
  if (*given == "true" || *given == "1") return true;
  if (*given == "false" || *given == "0") return false;
  refuse_parameter(name, "expected true or false");
}

std::optional<base::Time> Call::time(std::string_view name) const {
  const auto given = query.find(name);
  if (!given || given->empty()) return std::nullopt;
  const auto parsed = base::parse_iso8601(*given);
  if (!parsed)
    refuse_parameter(name, "expected a time such as 2026-01-31T12:00:00Z (RFC 3339)");
  return parsed;
}

std::optional<std::string> Call::optional_text(std::string_view name) const {
  const auto given = query.find(name);
  if (!given || given->empty()) return std::nullopt;
  return std::string{*given};
}

}  // namespace sluice::api

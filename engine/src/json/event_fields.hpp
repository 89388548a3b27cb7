// The fields of an event that matching looks at: which keys they are, and how their values become
// texts. The rest of an event is only checked, never read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sluice/event.hpp"
#include "sluice/result.hpp"

namespace sluice::json {

/// Where the values of the fields begin, in JSON that is valid; null for an absent field.
struct Fields {
  const char* event_type = nullptr;
  const char* type = nullptr;  // CloudEvents
  const char* organization = nullptr;

  /// Notes the value of a top-level key that is one of the fields; the first of equals counts.
  /// `key` is without its quotes and unescaped.
  void note(std::string_view key, const char* value) noexcept;
};

/// Turns Fields into texts, and holds the ones that had to be unescaped.
class FieldReader {
 public:
  /// Ends the life of all texts read so far; what follows comes from `input_bytes` of input.
  void start(std::size_t input_bytes) noexcept;

  /// Sets name and organization of `event`, whose json is set. A fault's offset counts from `base`.
  /// Complexity: O(bytes of the values). Errors: of check_event_name; missing_event_type,
  /// event_type_not_string, organization_not_string; std::bad_alloc.
  Error read(const Fields& fields, const char* base, Event& event);

  /// The key that begins at `quote`, unescaped. Lifetime: until the next key(). Errors:
  /// std::bad_alloc.
  std::string_view key(const char* quote);

 private:
  Error read_name(const Fields& fields, const char* base, Event& event);
  Error read_organization(const Fields& fields, const char* base, Event& event);
  std::string_view value(const char* quote);

  // Invariant: never grows past the reservation within a decode, so that texts stay where they
  // are. Unescaped text is shorter than its JSON, and what a failed read() adds is dropped.
  std::string values_;
  std::string key_;
  std::size_t input_bytes_ = 0;
};

}  // namespace sluice::json

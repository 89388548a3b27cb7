// The fields of an event that are looked at: which keys they are, and how their values become texts.
// The rest of an event is only checked, never read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sluice/event.hpp"
#include "sluice/result.hpp"

namespace sluice::json {

inline constexpr std::size_t kMaxIdBytes = 128;

/// Where the values of the fields begin, in JSON that is valid; null for an absent field.
struct Fields {
  const char* event_type = nullptr;
  const char* type = nullptr;  // CloudEvents
  const char* organization = nullptr;
  // Of the origin.
  const char* event_id = nullptr;
  const char* occurred_at = nullptr;
  const char* cloud_id = nullptr;
  const char* cloud_time = nullptr;
  const char* source = nullptr;
  const char* specversion = nullptr;

  bool is_cloud_event() const noexcept { return event_type == nullptr; }
  const char* name() const noexcept { return is_cloud_event() ? type : event_type; }
  const char* id() const noexcept {
    return is_cloud_event() && event_id == nullptr ? cloud_id : event_id;
  }
  const char* time() const noexcept {
    return is_cloud_event() && occurred_at == nullptr ? cloud_time : occurred_at;
  }

  /// Whether no further key can change what is read.
  bool are_settled(EventFields wanted) const noexcept {
    if (is_cloud_event()) return false;
    if (wanted == EventFields::matching) return organization != nullptr;
    return event_id != nullptr && occurred_at != nullptr;
  }

  /// Notes the value of a top-level key that is one of the fields; the first of equals counts.
  /// `key` is without its quotes and unescaped.
  void note(std::string_view key, const char* value) noexcept;
};

/// Turns Fields into texts, and holds the ones that had to be unescaped.
class FieldReader {
 public:
  /// Ends the life of all texts read so far; what follows comes from `input_bytes` of input.
  void start(std::size_t input_bytes) noexcept;

  /// Sets the name of `event`, whose json is set, and its origin, if one is wanted, or else its
  /// organization. A fault's offset counts from `base`. Complexity: O(bytes of the values).
  /// Errors: of check_event_name; missing_event_type, event_type_not_string,
  /// organization_not_string, event_id_not_string, bad_event_id, occurred_at_not_string;
  /// std::bad_alloc.
  Error read(const Fields& fields, const char* base, Event& event, EventOrigin* origin);

  /// The key that begins at `quote`, unescaped. Lifetime: until the next key(). Errors:
  /// std::bad_alloc.
  std::string_view key(const char* quote);

 private:
  Error read_name(const char* at, const char* base, Event& event);
  Error read_origin(const Fields& fields, const char* base, EventOrigin& origin);
  Error read_id(const char* at, const char* base, std::string_view& id);
  Error read_optional(const char* at, const char* base, ErrorCode wrong_type,
                      std::string_view& text);
  std::string_view value(const char* quote);

  // Invariant: never grows past the reservation within a decode, so that texts stay where they
  // are. Unescaped text is shorter than its JSON, and what a failed read() adds is dropped.
  std::string values_;
  std::string key_;
  std::size_t input_bytes_ = 0;
};

}  // namespace sluice::json

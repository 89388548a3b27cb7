// Result<T>: a value, or why there is none. The names follow std::expected so that it can be
// replaced by it once both compilers have it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

/// Why a caller's bytes were refused. Every code has one sentence in describe().
enum class ErrorCode : std::uint8_t {
  none,
  // Names and patterns.
  empty_name,
  empty_segment,
  segment_too_long,
  too_many_segments,
  name_too_long,
  bad_character,
  wildcard_inside_segment,
  wildcard_in_name,
  // JSON events.
  invalid_json,
  invalid_utf8,
  control_character,
  trailing_content,
  unterminated_event,
  not_an_object,
  nested_too_deeply,
  event_too_large,
  missing_event_type,
  event_type_not_string,
  organization_not_string,
  event_id_not_string,
  bad_event_id,
  occurred_at_not_string,
};

/// One sentence for people: what was found, what is expected. Static storage.
std::string_view describe(ErrorCode code) noexcept;

/// What was wrong, and at which byte of the text that was given.
struct Error {
  ErrorCode code = ErrorCode::none;
  std::size_t offset = 0;

  friend constexpr bool operator==(const Error&, const Error&) = default;
};

/// A T or an Error. T must be default-constructible.
/// Errors: value() and operator* without a value are a precondition violation, as in std::expected.
template <class T>
class [[nodiscard]] Result {
 public:
  constexpr Result(T value) noexcept : value_(value) {}  // implicit, as in std::expected
  constexpr Result(Error error) noexcept : error_(error) {}

  constexpr bool has_value() const noexcept { return error_.code == ErrorCode::none; }
  constexpr explicit operator bool() const noexcept { return has_value(); }
  constexpr const T& value() const noexcept { return value_; }
  constexpr const T& operator*() const noexcept { return value_; }
  constexpr const T* operator->() const noexcept { return &value_; }
  constexpr const Error& error() const noexcept { return error_; }

 private:
  T value_{};
  Error error_{};
};

}  // namespace sluice

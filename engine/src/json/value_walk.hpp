// The careful way: one JSON value, byte by byte, with the exact place and kind of its first fault.
// Every rejection comes from here, whatever way noticed it first.
#pragma once

#include <cstddef>
#include <vector>

#include "json/event_fields.hpp"
#include "sluice/result.hpp"

namespace sluice::json {

/// A walked value, or why there is none.
struct WalkedValue {
  const char* begin = nullptr;
  const char* end = nullptr;  // after the value's last byte; at a fault: the byte that is wrong
  ErrorCode fault = ErrorCode::none;
  Fields fields;  // of an object

  bool is_object() const noexcept { return *begin == '{'; }
};

/// Checks the grammar (all of RFC 8259 but UTF-8) without recursion.
class ValueWalk {
 public:
  ValueWalk(std::size_t depth_limit, FieldReader& reader) noexcept
      : depth_limit_(depth_limit), reader_(reader) {}

  /// Walks the value that begins at `begin`, of an input that ends at `end`; not at what follows.
  /// Complexity: O(bytes). Errors: unterminated_event, invalid_json, control_character,
  /// nested_too_deeply; std::bad_alloc.
  WalkedValue walk(const char* begin, const char* end);

 private:
  enum class Expect : unsigned char { value, key, separator, nothing };

  Expect step(Expect expected);
  Expect value();
  Expect key();
  Expect separator();
  Expect open(bool is_object);
  Expect close();
  Expect leaf(char first);
  Expect fail_in_string(const char* at) noexcept;
  Expect fail(const char* at, ErrorCode code = ErrorCode::invalid_json) noexcept;

  const std::size_t depth_limit_;
  FieldReader& reader_;
  std::vector<bool> is_object_;  // of each container around `at_`; its size is the depth
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  WalkedValue walked_;
};

}  // namespace sluice::json

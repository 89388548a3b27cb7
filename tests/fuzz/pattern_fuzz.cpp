// Any bytes as a pattern and as a name: pattern.hpp accepts exactly what the naive grammar accepts,
// and the place it names is where the text goes wrong.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/require.hpp"
#include "sluice/pattern.hpp"
#include "support/naive_grammar.hpp"

namespace {

using sluice::Error;
using sluice::ErrorCode;
using sluice::testkit::require;

// A prefix that ends before the offset can be completed: the fault is at the offset, not before it.
void check_offset(std::string_view text, const Error& error, bool (*is_good)(std::string_view)) {
  require(error.offset <= text.size(), "the offset is inside the text");
  if (error.code == ErrorCode::name_too_long) return;  // judged before any segment is looked at
  std::string_view before = text.substr(0, error.offset);
  const bool is_at_segment_start = before.empty() || before.back() == '.';
  if (error.code == ErrorCode::too_many_segments || is_at_segment_start) {
    if (!before.empty()) before.remove_suffix(1);  // the dot
    require(before.empty() || is_good(before), "the segments before the offset are well-formed");
  } else if (error.code == ErrorCode::bad_character) {
    const std::string_view segment = before.substr(before.rfind('.') + 1);
    require(segment.find('*') == std::string_view::npos, "no '*' stands before a bad character");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace testkit = sluice::testkit;
  const std::string_view text{reinterpret_cast<const char*>(data), size};

  const auto pattern = sluice::Pattern::parse(text);
  require(pattern.has_value() == testkit::is_pattern(text), "the grammars agree on patterns");
  if (pattern) {
    require(pattern->text() == text, "a pattern keeps its text");
  } else {
    check_offset(text, pattern.error(), testkit::is_pattern);
  }

  const Error name_error = sluice::check_event_name(text);
  const bool is_name = name_error.code == ErrorCode::none;
  require(is_name == testkit::is_event_name(text), "the grammars agree on names");
  require(!is_name || pattern.has_value(), "every name is a pattern");
  if (!is_name) check_offset(text, name_error, testkit::is_event_name);
  return 0;
}

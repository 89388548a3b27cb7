#include "json/utf8.hpp"

#include <simdjson.h>

namespace sluice::json {
namespace {

/// What may follow a first byte: how many bytes, and the range of the first of them (which excludes
/// overlong forms, surrogates and what is past U+10FFFF).
struct Continuation {
  int count;
  unsigned char low;
  unsigned char high;
};

Continuation continuation(unsigned char first) {
  if (first < 0x80) return {0, 0, 0};
  if (first < 0xC2) return {-1, 0, 0};
  if (first < 0xE0) return {1, 0x80, 0xBF};
  if (first == 0xE0) return {2, 0xA0, 0xBF};
  if (first == 0xED) return {2, 0x80, 0x9F};
  if (first < 0xF0) return {2, 0x80, 0xBF};
  if (first == 0xF0) return {3, 0x90, 0xBF};
  if (first < 0xF4) return {3, 0x80, 0xBF};
  if (first == 0xF4) return {3, 0x80, 0x8F};
  return {-1, 0, 0};
}

}  // namespace

Utf8Fault find_utf8_fault(std::string_view text) noexcept {
  if (simdjson::validate_utf8(text)) return {};
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    const char* const first = at;
    const Continuation rest = continuation(static_cast<unsigned char>(*at++));
    if (rest.count < 0) return {first, false};
    for (int i = 0; i < rest.count; ++i, ++at) {
      if (at == end) return {first, true};
      const auto byte = static_cast<unsigned char>(*at);
      if (byte < (i == 0 ? rest.low : 0x80) || byte > (i == 0 ? rest.high : 0xBF))
        return {first, false};
    }
  }
  return {};
}

}  // namespace sluice::json

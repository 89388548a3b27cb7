// Why a text was refused cannot be overlooked.
// expect: (ignoring return value|ignoring returned value|nodiscard)
#include "sluice/pattern.hpp"

bool is_pattern(const char* text) {
#ifdef SLUICE_BAD_LINE
  sluice::Pattern::parse(text);
#endif
  return sluice::Pattern::parse(text).has_value();
}

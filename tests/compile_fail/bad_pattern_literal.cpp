// A literal that is not a pattern is refused by the compiler, in its own words.
// expect: not a well-formed sluice pattern
#include "sluice/pattern.hpp"

using namespace sluice::literals;

static_assert(!"order.*.paid"_pattern.text().empty());
#ifdef SLUICE_BAD_LINE
static_assert(!"order.pa*"_pattern.text().empty());
#endif

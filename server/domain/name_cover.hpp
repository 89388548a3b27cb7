// Whether a pattern covers a name, one at a time: for checks of configuration and for filters of
// lists, where building a Matcher would be out of proportion.
#pragma once

#include <string_view>

#include "sluice/pattern.hpp"

namespace sluice::domain {

/// Whether an event of this name would reach a subscription to `pattern`. A malformed name is
/// covered by nothing. Complexity: O(segments of both, multiplied).
bool covers(Pattern pattern, std::string_view event_name);

}  // namespace sluice::domain

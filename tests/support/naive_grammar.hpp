// The grammar of names and patterns once more, written from the contract and not from pattern.hpp,
// so that the two can be compared.
#pragma once

#include <string_view>

namespace sluice::testkit {

/// 1 to 16 segments of 1 to 64 bytes of [A-Za-z0-9_-], joined by '.', at most 255 bytes in all.
bool is_event_name(std::string_view text);

/// The same, but a segment may also be `*` or `**`.
bool is_pattern(std::string_view text);

}  // namespace sluice::testkit

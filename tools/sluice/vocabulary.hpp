// The words that generated names are made of.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::tool {

/// What happens to things: the last segment of every generated name.
extern const std::array<std::string_view, 60> kActions;

/// `count` distinct segments: plain words first, then words with `separator` and a number.
std::vector<std::string> make_vocabulary(std::size_t count, std::string_view separator);

}  // namespace sluice::tool

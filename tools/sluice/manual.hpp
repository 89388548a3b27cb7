// The manual page, from the same texts as --help.
#pragma once

#include <span>
#include <string>

#include "command_tree.hpp"

namespace sluice::tool {

/// As man(7) reads it.
std::string manual_page(std::span<const Command> commands);

}  // namespace sluice::tool

// Scripts that complete the commands and options of `sluice` in a shell. Where neither fits, the shell
// offers files.
#pragma once

#include <span>
#include <string>

#include "command_tree.hpp"

namespace sluice::tool {

std::string bash_completion(std::span<const Command> commands);
std::string zsh_completion(std::span<const Command> commands);
std::string fish_completion(std::span<const Command> commands);

}  // namespace sluice::tool

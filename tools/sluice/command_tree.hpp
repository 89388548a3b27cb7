// The commands and their options, as what is generated from them needs them: shell completions and the
// manual page. Read from CLI11's own tree, so that neither can fall behind.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sluice::tool {

struct CommandOption {
  std::vector<std::string> names;  // with their dashes; a positional has one, without
  std::string value;               // how --help names it; empty: it takes none
  std::string sentence;
  bool is_positional = false;
};

struct Command {
  std::vector<std::string> path;  // below the program; empty: the program itself
  std::string sentence;
  std::string notes;  // what --help says below the options, without the exit codes
  std::vector<CommandOption> options;
  std::vector<std::string> subcommands;
};

/// The program first, then each command before its own subcommands, in their order.
std::vector<Command> command_tree(const CLI::App& program);

}  // namespace sluice::tool

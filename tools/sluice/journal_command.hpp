// `sluice journal`: what is in a journal's directory.
#pragma once

#include <string>

#include "exit_code.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct JournalCommand {
  std::string directory;
  bool is_json = false;
  bool are_records_wanted = false;

  /// Adds the subcommand and its own subcommands, which are parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure, journal::JournalError, std::bad_alloc.
  ExitCode run() const;
};

}  // namespace sluice::tool

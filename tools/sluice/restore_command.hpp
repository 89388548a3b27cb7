// `sluice restore`: a data directory from what `sluice backup` wrote.
#pragma once

#include <string>

#include "exit_code.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct RestoreCommand {
  std::string file;
  std::string directory;
  bool is_json = false;

  /// Adds the subcommand, which is parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; BackupError; std::bad_alloc.
  ExitCode run() const;
};

}  // namespace sluice::tool

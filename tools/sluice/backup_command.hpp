// `sluice backup`: a data directory as one file, while its service runs.
#pragma once

#include <string>

#include "exit_code.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct BackupCommand {
  std::string directory;
  std::string file;
  bool is_json = false;

  /// Adds the subcommand, which is parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; BackupError, StoreError, JournalError; std::bad_alloc.
  ExitCode run() const;
};

}  // namespace sluice::tool

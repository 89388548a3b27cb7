// `sluice completion` and `sluice manual`: what is generated from the commands themselves.
#pragma once

#include <string>

#include "exit_code.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct CompletionCommand {
  std::string shell;

  /// Adds the subcommand, which is parsed into this object. Lifetime: within that of `app`.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure.
  ExitCode run() const;

 private:
  const CLI::App* program_ = nullptr;
};

struct ManualCommand {
  /// As above.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure.
  ExitCode run() const;

 private:
  const CLI::App* program_ = nullptr;
};

}  // namespace sluice::tool

// `sluice serve`: the service, until a signal ends it.
#pragma once

#include <map>
#include <string>

#include "exit_code.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct ServeCommand {
  std::string config_path;
  std::map<std::string, std::string> given;  // setting by name -> text of its option
  bool is_print_config = false;

  /// Adds the subcommand and its options, which are parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; what App throws; std::bad_alloc.
  ExitCode run() const;
};

}  // namespace sluice::tool

// `sluice keys`: the API keys of an organisation, in a data directory, whether or not a server has it
// open.
#pragma once

#include <optional>
#include <string>

#include "exit_code.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct KeysCommand {
  std::optional<std::string> data_dir;  // overrules SLUICE_DATA_DIR
  std::string organization;
  std::string name = "cli";
  std::string permissions = "read,ingest";
  std::string expires;  // as in 30d; empty: never
  std::string key;      // its number, its prefix, or all of it
  bool is_json = false;
  bool may_be_new = false;  // the data directory

  /// Adds the subcommand and its own subcommands, which are parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; store::StoreError; std::bad_alloc.
  ExitCode run() const;

 private:
  enum class Action { create, list, revoke };

  CLI::App* add_action(CLI::App& parent, Action action, const char* word, const char* sentence);
  std::string directory() const;
  ExitCode create() const;
  ExitCode list() const;
  ExitCode revoke() const;

  Action action_ = Action::list;
};

}  // namespace sluice::tool

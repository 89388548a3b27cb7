// `sluice webhooks`: the webhooks of an organisation, over the API of a running service.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exit_code.hpp"
#include "service_client.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct WebhooksCommand {
  ServiceAddress address;
  std::string identifier;  // a webhook_id, or a name that only one webhook has
  std::string name;
  std::string url;
  std::string path;  // of the file to read or to write; - is standard input or output
  std::vector<std::string> event_types;
  std::string event_type;
  bool is_json = false;
  bool is_dry_run = false;

  /// Adds the subcommand and its own subcommands, which are parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; std::bad_alloc.
  ExitCode run() const;

 private:
  enum class Action { list, get, create, update, erase, export_all, import };

  void add_action(CLI::App& parent, Action action, const char* word, const char* sentence);
  ExitCode list(ServiceClient& client) const;
  ExitCode create(ServiceClient& client) const;
  ExitCode update(ServiceClient& client) const;
  ExitCode export_all(ServiceClient& client) const;
  ExitCode import(ServiceClient& client) const;

  Action action_ = Action::list;
};

}  // namespace sluice::tool

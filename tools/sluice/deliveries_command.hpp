// `sluice deliveries`: what became of the events that a webhook was owed, over the API of a running
// service, and another try for those that failed.
#pragma once

#include <cstddef>
#include <string>

#include "exit_code.hpp"
#include "service_client.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct DeliveriesCommand {
  ServiceAddress address;
  std::string webhook;      // a webhook_id, or a name that only one webhook has
  std::string delivery_id;  // as `list` shows it
  std::string status;
  std::string event_type;
  std::string since;
  std::string until;
  std::size_t limit = 50;
  bool is_json = false;

  /// Adds the subcommand and its own subcommands, which are parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; std::bad_alloc.
  ExitCode run() const;

 private:
  enum class Action { list, get, retry };

  CLI::App* add_action(CLI::App& parent, Action action, const char* word, const char* sentence);
  std::string base_path() const;
  std::string filter() const;
  ExitCode list(ServiceClient& client) const;

  Action action_ = Action::list;
};

}  // namespace sluice::tool

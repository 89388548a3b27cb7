// `sluice load`: an open-loop generator of events against a running service.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "exit_code.hpp"
#include "service_client.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct LoadCommand {
  ServiceAddress address;
  double events_per_second = 1000;
  std::size_t connections = 8;
  std::size_t batch = 100;
  double seconds = 10;
  std::size_t event_bytes = 500;
  std::vector<std::string> event_types;
  std::string events_path;
  bool is_json = false;

  /// Adds the subcommand and its options, which are parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; std::bad_alloc.
  ExitCode run() const;
};

}  // namespace sluice::tool

// `sluice match`: events in, the subscriptions that they reach out.
#pragma once

#include <string>

#include "exit_code.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

enum class MatchOutputKind { matches, summary, none };

struct MatchCommand {
  std::string subscriptions_path;
  std::string events_path = "-";
  MatchOutputKind output = MatchOutputKind::matches;
  unsigned threads = 1;
  bool are_names = false;
  bool is_unordered = false;
  bool is_uncached = false;
  bool is_strict = false;

  /// Adds the subcommand and its options, which are parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; std::bad_alloc.
  ExitCode run() const;
};

}  // namespace sluice::tool

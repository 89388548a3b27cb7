// `sluice listen`: a receiver for people who try things out. It verifies signatures, prints what
// arrives, and misbehaves on purpose.
#pragma once

#include <cstdint>
#include <string>

#include "exit_code.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

struct ListenCommand {
  std::uint16_t port = 9000;
  std::string secret;
  double fail_rate = 0;
  int fail_status = 500;
  std::uint64_t delay_ms = 0;
  bool is_quiet = false;

  /// Adds the subcommand and its options, which are parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; std::bad_alloc.
  ExitCode run() const;
};

}  // namespace sluice::tool

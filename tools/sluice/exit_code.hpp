// How the command ends. Scripts rely on these numbers; `--help` lists them.
#pragma once

#include <stdexcept>
#include <string>

namespace sluice::tool {

enum class ExitCode : int {
  ok = 0,
  failed = 1,        // a file, the network or the service failed
  bad_usage = 2,     // the command line or what it was given is wrong
  bad_events = 3,    // with --strict: some events were rejected
  interrupted = 130  // SIGINT or SIGTERM
};

inline constexpr const char* kExitCodes =
    "Exit status:\n"
    "  0    done\n"
    "  1    a file, the network or the service failed\n"
    "  2    the command line or what it was given is wrong\n"
    "  3    with --strict: some events were rejected\n"
    "  130  interrupted (SIGINT, SIGTERM)\n";

/// Ends the command: main() prints the message and exits with the code.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

}  // namespace sluice::tool

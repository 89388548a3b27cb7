// Options that may be left to the environment. CLI11's own envname() is of no use here: subcommands
// share the object that they are parsed into, and CLI11 asks the environment for each of them, so that
// the siblings of the subcommand that was named write over what its command line gave.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace sluice::tool {

/// What the command line gave; else what the environment says, unless that is empty; else
/// `otherwise`.
inline std::string given_or_environment(const std::optional<std::string>& given,
                                        const char* variable, const char* otherwise) {
  if (given) return *given;
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

}  // namespace sluice::tool

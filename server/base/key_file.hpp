// The file that holds a Vault's master key.
#pragma once

#include <string>

#include "base/vault.hpp"

namespace sluice::base {

/// As Vault::from_file() says.
Vault::Key read_or_create_key(const std::string& path);

}  // namespace sluice::base

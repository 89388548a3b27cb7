// What back_up() and restore() throw when the outside world fails them.
#pragma once

#include <stdexcept>
#include <string>

namespace sluice::backup {

/// The message names the file and says what is wrong with it.
class BackupError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace sluice::backup

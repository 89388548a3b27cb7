// What the stores throw when the outside world fails them.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace sluice::store {

/// The message names the file and says what to do. Nothing of the call that threw has been stored.
class StoreError : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t {
    disk_full,     // works again once there is room
    locked,        // another process has held the file for longer than we wait
    corrupt,       // the file is damaged, or no database
    inaccessible,  // permissions, a missing directory, a read-only file system
    too_new,       // a later version of the program has changed the file's schema
    wrong_key,     // its secrets were sealed with another master key
    other,         // everything else; the message has SQLite's own words
  };

  StoreError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

}  // namespace sluice::store

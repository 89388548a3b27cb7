// Why a journal cannot be opened or read.
#pragma once

#include <stdexcept>

namespace sluice::journal {

/// Its text is for the operator: what is wrong, in which file, at which byte, and what to do.
class JournalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace sluice::journal

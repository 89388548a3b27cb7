// Reads the language-neutral cases of data/vectors.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "sluice/result.hpp"

namespace sluice::testkit {

/// The project's data directory.
std::filesystem::path data_directory();

/// One claim: `pattern` covers `name`, or does not.
struct MatchVector {
  std::string pattern;
  std::string name;
  bool is_match = false;
  std::string why;
};

/// One text that the grammar refuses.
struct RefusalVector {
  std::string text;
  Error error;
  std::string why;
};

/// Every case of data/vectors/match/*.json. Errors: std::runtime_error for a file that cannot be
/// read or whose cases lack a field.
std::vector<MatchVector> match_vectors();

/// The cases of data/vectors/refused_patterns.json.
std::vector<RefusalVector> refused_patterns();

/// The cases of data/vectors/refused_names.json.
std::vector<RefusalVector> refused_names();

}  // namespace sluice::testkit

// Right, then fast: the digest of every answer of a workload, computed once by a reference that
// shares no idea with a trie (baselines/mask_tables), which is itself checked against a linear
// scan on a sample. No engine is timed before its whole set of answers has met these.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/contestant.hpp"

namespace sluice::bench {

class ExpectedAnswers {
 public:
  /// `flat` is the workload without scopes. Errors: std::logic_error if the reference and the
  /// linear scan differ on one of `sample` events.
  explicit ExpectedAnswers(const Workload& flat, std::size_t sample = 25);

  /// What `session` gets wrong over `events`, which are the workload's from the first on; nothing
  /// when every answer is right.
  std::optional<std::string> difference(Session& session, std::span<const Query> events) const;

  /// The exact tally of the events from `first` to `last`.
  Tally tally(std::size_t first, std::size_t last) const;

 private:
  std::vector<AnswerDigest> digests_;  // by event
  std::vector<Tally> tallies_;         // of the events before each event, and of all of them
};

}  // namespace sluice::bench

// What a journal must hold after a crash: every event that was acknowledged, where it was acknowledged
// to be; of the others, any that were submitted, whole; and nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/journal/journal_rig.hpp"

namespace sluice::testkit {

/// A batch and what it was answered.
struct Submission {
  std::uint32_t organisation = 0;
  std::vector<GivenEvent> events;
  bool is_answered = false;
  Answer answer;
};

/// Thread safety: one thread at a time.
class CrashOracle {
 public:
  /// Takes in the answers of one life of the journal, in the order of the appends. Says what is wrong
  /// with them; empty: nothing.
  std::string learn(const std::vector<Submission>& submissions);

  /// Compares with what the journal holds from `oldest` on; what it holds without having been
  /// acknowledged counts as acknowledged from then on. Says what is wrong; empty: nothing.
  std::string compare(const std::vector<SeenEvent>& seen, journal::Sequence oldest);

  /// What was acknowledged from `sequence` on may be there or not: with durability `os` the power takes
  /// what it likes from the end.
  void forget_from(journal::Sequence sequence);

  journal::Sequence newest() const { return events_.empty() ? 0 : events_.rbegin()->first; }

 private:
  std::string learn(const Submission& submission);
  std::vector<std::uint32_t> duplicates_in(const Submission& submission) const;

  std::map<journal::Sequence, SeenEvent> events_;                   // acknowledged
  std::set<std::pair<std::uint32_t, std::string>> ids_;             // of those
  std::map<std::string, std::pair<std::uint32_t, GivenEvent>> unacknowledged_;  // by json
};

}  // namespace sluice::testkit

// A Matcher's parts, and how one change of a webhook goes through them.
//
//   put(id, scope, patterns)                        what a reader makes of id's entries meanwhile
//   1 admit the new version at each of its patterns the old version's: plain hits; the new one's are
//                                                   unsettled: the directory decides, for the old one
//   2 doom the old version's entries                all unsettled: the directory decides, for the old
//   3 new stamps for the scopes of both             names that were resolved before are walked again,
//                                                   and none that meets an unsettled entry is kept
//   4 CAS the directory: old -> new                 THE CHANGE: the directory decides for the new one
//   5 settle the new version's entries              plain hits
//   6 a grace period later: remove the old entries  no reader is left that could need them
//
// A reader that meets an unsettled entry asks the directory once for the current version and matches
// that version's patterns against the name, so its answer is the webhook's state at that moment (G1).
// It cannot miss both versions: one that looked at the new version's place before 1 is still in its
// read section at 4, so the old entries stay for it until 6. It can meet both, plain, if 2 to 5 happen
// between two of its steps: then the stamp has changed, and it looks for doubles (G4).
//
// Roles:      any thread writes; the Reclaimer's thread does 6.
// Invariants: I11 an entry of a version is in the trie from before the version becomes current until a
//             grace period after it has ceased to be; so a writer that dooms a version it saw as the
//             current one always finds its entries, and never another version's.
// Progress:   lock-free: replace() starts again only when another change of the same id succeeded.
#pragma once

#include <atomic>

#include "directory.hpp"
#include "sluice/matcher.hpp"
#include "versions.hpp"

namespace sluice::internal {

class MatcherImpl final : Reclaimer::Finisher {
 public:
  explicit MatcherImpl(MatcherOptions options);
  ~MatcherImpl();
  MatcherImpl(const MatcherImpl&) = delete;
  MatcherImpl& operator=(const MatcherImpl&) = delete;

  bool put(std::uint32_t id, std::string_view scope, std::span<const Pattern> patterns);
  bool remove(std::uint32_t id);
  MatcherStats stats() const noexcept;

  // For readers, inside a Guard.
  const Symbols& symbols() const noexcept { return versions_.symbols(); }
  const Scopes& scopes() const noexcept { return versions_.scopes(); }
  const NameTable& names() const noexcept { return versions_.names(); }
  const Directory& directory() const noexcept { return directory_; }
  const Hashing& hashing() const noexcept { return hashing_; }

  // For white-box tests only.
  static MatcherImpl& of(Matcher& matcher) noexcept { return *matcher.impl_; }
  void force_collisions(std::uint64_t mask) noexcept { hashing_.mask = mask; }
  void set_probe(WriterProbe probe) noexcept { probe_ = probe; }
  void drain() const noexcept { reclaimer_.drain(); }

 private:
  void finish(const Reclaimer::Item& item) override;

  void withdraw(Webhook* version) noexcept;
  bool replace(Operation& operation, std::uint32_t id, Webhook* version);
  void settle(Operation& operation, const Webhook& version) noexcept;
  void stamp(Scope& scope) noexcept;

  Hashing hashing_;
  WriterProbe probe_;
  Memory memory_;
  Versions versions_;
  Directory directory_;
  std::atomic<std::uint64_t> next_stamp_{1};      // writers take numbers from it
  std::atomic<std::ptrdiff_t> subscriptions_{0};  // writers count
  Reclaimer reclaimer_;                           // last: its thread uses everything above
};

}  // namespace sluice::internal

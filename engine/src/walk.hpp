// The readers' side of the tries: many names at once, level by level, so that their cache misses
// overlap. A node is prefetched when its visit is queued; by the time its turn comes its lines have
// arrived.
//
// Roles:      one Reader, inside a Guard for as long as the visits and hits are used.
// Invariants: I10 a node is queued at most once for an event: a trie's paths are distinct. Below a
// `**`
//             that has children paths meet again; those nodes are left to GlobstarWalk.
// Progress:   wait-free: every loop is bounded by the pieces that were reachable when it began.
#pragma once

#include <vector>

#include "segments.hpp"
#include "subscriber_set.hpp"

namespace sluice::internal {

/// What a name reached: subscribers' words, linked per event.
struct Hit {
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  Word word;
  std::uint32_t next;
};

/// A node to visit: for `event`, whose next segment, or kEndSymbol, is `*next`.
struct Visit {
  Word node;
  const Symbol* next;
  std::uint32_t event;
};

class Walk {
 public:
  static constexpr std::size_t kGroup = 32;  // events walked together (bench/LOG.md)

  /// Begins a new group.
  void clear() noexcept;

  /// Queues an event of the group: `segments` must live until run() has returned.
  void start(std::uint32_t event, const Segments& segments, Word root);

  /// Visits everything that is queued. Complexity: O(segments x wildcard branches) for each event, and
  /// O(segments x nodes below `**`) where a pattern has `**` before its end.
  void run();

  /// The first of an event's hits in hits(), or Hit::kNone.
  std::uint32_t first_hit(std::uint32_t event) const noexcept { return first_[event]; }
  const Hit& hit(std::uint32_t index) const noexcept { return hits_[index]; }
  /// Whether hits of the event may name a subscription more than once.
  bool may_repeat(std::uint32_t event) const noexcept { return may_repeat_[event]; }

 private:
  void visit(const Visit& visit);
  void follow(const Slot& slot, const Symbol* next, std::uint32_t event);
  void hit_at(std::uint32_t event, Word subscribers);
  void run_globstars();
  void run_globstars_of(std::span<const Visit> globstars);
  void step_globstar(Word node, const Symbol* next, std::uint32_t event);
  void reach_globstar(Word word, std::uint32_t event);

  std::array<const Segments*, kGroup> segments_{};
  std::array<std::uint32_t, kGroup> first_{};
  std::array<bool, kGroup> may_repeat_{};
  std::vector<Visit> visits_;  // in the order in which they are due
  std::vector<Hit> hits_;
  std::vector<Visit> globstars_;  // `**` children that have children of their own

  // Of the event whose `**` nodes are being walked: the nodes that the next segment meets, those
  // that it leads to, and the `**` nodes, which every later segment meets again.
  std::vector<Word> frontier_;
  std::vector<Word> next_;
  std::vector<Word> lasting_;
};

/// The slot of a literal child below a node, wide or not; null: there is none. Readers only.
const Slot* find_child(Word node, Symbol symbol) noexcept;

}  // namespace sluice::internal

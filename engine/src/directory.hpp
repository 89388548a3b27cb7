// Which version of each webhook id is the current one: a radix tree of Branches over the id's
// digits, as high as the largest id needs. The CAS of its leaf is the moment at which a change
// happens (G1).
//
// Roles:      any thread inside a Guard finds; writers, inside an Operation, exchange.
// Invariants: I9 a leaf is null or the current version of its id.
// Progress:   find: wait-free. exchange: lock-free.
#pragma once

#include "trail.hpp"
#include "webhook.hpp"

namespace sluice::internal {

class Directory {
 public:
  Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  /// Complexity: one load per 6 bits of the largest id.
  Webhook* find(std::uint32_t id) const noexcept;

  /// Makes `desired` the current version if `expected` is it. Errors: std::bad_alloc, and then
  /// nothing has changed.
  bool exchange(Operation& operation, std::uint32_t id, Webhook* expected, Webhook* desired);

  /// Drops Branches without content on the way to `id`, which has just lost its version.
  void tidy(Operation& operation, std::uint32_t id);

  /// Tears everything down, calling `visit(Webhook*)`, without a grace period: for the owner's end.
  template <class Visit>
  void clear(Pool& pool, Visit&& visit);

 private:
  Slot* descend(Operation& operation, std::uint32_t id, Trail& trail, bool is_creating);
  static Slot* descend_from(Operation& operation, Word branch, std::uint32_t id, Trail& trail,
                            bool is_creating);
  void grow(Operation& operation, Word root, std::uint32_t id);
  template <class Visit>
  static void clear_below(Pool& pool, Word word, Visit& visit);

  Slot root_{0};  // a Branch; its word's shape is its height: 0 where the slots are leaves
};

template <class Visit>
void Directory::clear(Pool& pool, Visit&& visit) {
  // relaxed: the owner is alone.
  clear_below(pool, thawed(root_.exchange(0, std::memory_order_relaxed)), visit);
}

template <class Visit>
void Directory::clear_below(Pool& pool, Word word, Visit& visit) {
  if (word == 0) return;
  if (kind_of(word) == Kind::leaf) return visit(piece_of<Webhook>(word));
  for (const Slot& slot : piece_of<Branch>(word)->slots) {
    // relaxed: the owner is alone.
    clear_below(pool, thawed(slot.load(std::memory_order_relaxed)), visit);
  }
  pool.release(piece_of<void>(word), sizeof(Branch));
}

}  // namespace sluice::internal

// Versions of webhooks: how they are made of texts, and how they go through the index, step by step.
// What holds the texts and the entries lives here: segments' symbols, scopes with their tries, names.
//
// Roles:      any thread makes, steps and releases; the Reclaimer's thread releases and forgets.
// Progress:   lock-free.
#pragma once

#include "draft.hpp"
#include "name_table.hpp"
#include "symbols.hpp"
#include "trie.hpp"

namespace sluice::internal {

class Versions {
 public:
  explicit Versions(const Hashing& hashing) noexcept : hashing_(hashing), names_(hashing) {}
  Versions(const Versions&) = delete;
  Versions& operator=(const Versions&) = delete;

  const Symbols& symbols() const noexcept { return symbols_; }
  const Scopes& scopes() const noexcept { return scopes_; }
  const NameTable& names() const noexcept { return names_; }

  /// A version of nobody's index yet, and in `drafts` its patterns, each once.
  /// Errors: std::bad_alloc, std::length_error; then nothing has changed.
  Webhook* make(Operation& operation, std::uint32_t id, std::string_view scope,
                std::span<const Pattern> patterns, Drafts& drafts);

  /// Admits what make() has made, a part of the Operation for each pattern. Precondition: nobody else
  /// knows the version. Errors: std::bad_alloc, std::length_error; then remove it.
  void admit(Operation& operation, Webhook& version, const Drafts& drafts);

  /// Takes every entry of a version one step further; not for admit. Errors: std::bad_alloc; may be
  /// repeated.
  void step(Operation& operation, const Webhook& version, Step step);

  /// The last step. Precondition: nobody else knows the version any more. Errors: as step().
  void remove(Operation& operation, Webhook& version);

  /// Gives a version's memory and texts back. Precondition: it has no entry left.
  /// Errors: std::bad_alloc, and then nothing has changed.
  void release(Operation& operation, Webhook* version);

  /// What is due a grace period after a text's last release. Errors: std::bad_alloc; may be repeated.
  void forget(Operation& operation, const Reclaimer::Item& item);

  /// Releases everything but the versions, without a grace period: for the owner's end.
  void clear(Memory& memory) noexcept;

 private:
  Draft read(Operation& operation, std::string_view pattern);
  void keep_each_once(Operation& operation, Drafts& drafts) noexcept;
  Webhook* made_of(Operation& operation, std::uint32_t id, std::string_view scope,
                   const Drafts& drafts);
  void release_path(Operation& operation, std::span<const Symbol> path) noexcept;
  void abandon_path(Operation& operation, std::span<const Symbol> path) noexcept;
  void step_place(Operation& operation, const Webhook& version, const Place& place, Step step);

  const Hashing& hashing_;
  Symbols symbols_;
  Scopes scopes_;
  NameTable names_;
};

}  // namespace sluice::internal

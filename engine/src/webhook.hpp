// One version of a webhook's subscription: its id, its scope and where its patterns lie. The
// directory (directory.hpp) says which version of an id is the current one.
//
// Roles:      the writer that makes a version fills it in before it becomes the current one; from then
//             on it is immutable, until the Reclaimer's thread takes it apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "piece.hpp"

namespace sluice::internal {

struct Scope;
struct NameEntry;

/// Where the entries of one pattern lie: at a name, or at the end of a path in the scope's trie.
struct Place {
  NameEntry* name;
  std::span<const Symbol> path;  // empty for a name
};

struct Webhook {
  Scope* scope;
  std::uint32_t id;
  std::uint16_t pattern_count;
  std::uint16_t first_size;  // segments of the first pattern; 0: it is a name

  // Behind it, of the first pattern: its symbols, or the address of its name; of every further
  // pattern first its size.
  Symbol* symbols() noexcept { return reinterpret_cast<Symbol*>(this + 1); }
  const Symbol* symbols() const noexcept { return reinterpret_cast<const Symbol*>(this + 1); }

  /// Its entries in a subscriber set need no check for doubles.
  bool is_single() const noexcept { return pattern_count == 1; }

  /// Whether `test(Place)` holds for a pattern; the rest is not looked at then.
  template <class Test>
  bool any_pattern(Test&& test) const {
    return any_record([&](const Symbol* at, std::size_t size) {
      return test(size == 0 ? Place{name_at(at), {}} : Place{nullptr, {at, size}});
    });
  }
  template <class Visit>
  void for_each_pattern(Visit&& visit) const {
    any_pattern([&](const Place& place) {
      visit(place);
      return false;
    });
  }

  /// Lets `choose(NameEntry*)` say, of each pattern that is a name, where it lies now.
  template <class Choose>
  void for_each_name(Choose&& choose) {
    any_record([&](const Symbol* at, std::size_t size) {
      if (size != 0) return false;
      NameEntry* const name = choose(name_at(at));
      std::memcpy(symbols() + (at - symbols()), &name, sizeof(name));
      return false;
    });
  }

  std::size_t bytes() const noexcept {
    std::size_t symbols_in_all = 0;
    any_record([&](const Symbol*, std::size_t size) {
      symbols_in_all += symbols_of(size);
      return false;
    });
    return bytes_for(pattern_count, symbols_in_all);
  }
  static constexpr std::size_t symbols_of(std::size_t size) noexcept {
    return size == 0 ? sizeof(NameEntry*) / sizeof(Symbol) : size;
  }
  static constexpr std::size_t bytes_for(std::size_t patterns, std::size_t symbols_in_all) {
    return sizeof(Webhook) + (symbols_in_all + patterns - 1) * sizeof(Symbol);
  }

 private:
  static NameEntry* name_at(const Symbol* at) noexcept {
    NameEntry* name = nullptr;
    std::memcpy(&name, at, sizeof(name));
    return name;
  }
  template <class Test>
  bool any_record(Test&& test) const {
    const Symbol* at = symbols();
    std::size_t size = first_size;
    for (unsigned i = 0;;) {
      if (test(at, size)) return true;
      at += symbols_of(size);
      if (++i == pattern_count) return false;
      size = *at++;
    }
  }
};

}  // namespace sluice::internal

#include "versions.hpp"

#include <algorithm>
#include <new>

namespace sluice::internal {

Draft Versions::read(Operation& operation, std::string_view pattern) {
  Draft draft;
  if (pattern.find('*') == std::string_view::npos) {
    draft.name = pattern;
    return draft;
  }
  if (pattern == "*") pattern = "**";  // the whole pattern `*` means every event
  try {
    for (std::size_t from = 0; from <= pattern.size();) {
      const std::size_t to = std::min(pattern.find('.', from), pattern.size());
      const std::string_view segment = pattern.substr(from, to - from);
      if (segment == "*") {
        draft.push(kStarSymbol);
      } else if (segment != "**") {
        const std::uint64_t hash = hashing_(segment.data(), segment.size());
        draft.push(symbols_.intern(operation, hash, segment.data(), segment.size())->number);
      } else if (draft.size == 0 || draft.symbols[draft.size - 1] != kGlobstarSymbol) {
        draft.push(kGlobstarSymbol);  // a `**` beside another adds nothing
      }
      from = to + 1;
    }
  } catch (...) {
    abandon_path(operation, draft.path());
    throw;
  }
  return draft;
}

// Precondition: as many reserve()d items as the path has segments.
void Versions::release_path(Operation& operation, std::span<const Symbol> path) noexcept {
  for (const Symbol symbol : path) {
    if (symbol == kStarSymbol || symbol == kGlobstarSymbol) continue;
    symbols_.release(operation, symbols_.at_number(symbol), Reclaimer::Duty::hide_symbol);
  }
}

// For what is not put after all. Out of memory: the segments' texts stay until the Matcher's end.
void Versions::abandon_path(Operation& operation, std::span<const Symbol> path) noexcept {
  try {
    operation.reserve(static_cast<std::uint32_t>(path.size()));
  } catch (const std::bad_alloc&) {
    return;
  }
  release_path(operation, path);
}

// A pattern that is given twice counts once.
void Versions::keep_each_once(Operation& operation, Drafts& drafts) noexcept {
  std::ranges::sort(drafts);
  std::size_t kept = 1;
  for (std::size_t at = 1; at < drafts.size(); ++at) {
    if (drafts[at] == drafts[kept - 1]) {
      abandon_path(operation, drafts[at].path());
    } else {
      drafts[kept++] = drafts[at];
    }
  }
  drafts.resize(kept);
}

Webhook* Versions::make(Operation& operation, std::uint32_t id, std::string_view scope,
                        std::span<const Pattern> patterns, Drafts& drafts) {
  try {
    drafts.reserve(patterns.size());
    for (const Pattern& pattern : patterns) drafts.push_back(read(operation, pattern.text()));
    if (drafts.size() > 1) keep_each_once(operation, drafts);
    return made_of(operation, id, scope, drafts);
  } catch (...) {
    for (const Draft& draft : drafts) abandon_path(operation, draft.path());
    throw;
  }
}

Webhook* Versions::made_of(Operation& operation, std::uint32_t id, std::string_view scope,
                           const Drafts& drafts) {
  std::size_t symbols_in_all = 0;
  for (const Draft& draft : drafts) symbols_in_all += Webhook::symbols_of(draft.size);
  const std::size_t bytes = Webhook::bytes_for(drafts.size(), symbols_in_all);
  operation.reserve(1);
  void* const memory = operation.allocate_record(bytes);
  Scope* owner = nullptr;
  try {
    const std::uint64_t hash = hashing_(scope.data(), scope.size());
    owner = scopes_.intern(operation, hash, scope.data(), scope.size());
  } catch (...) {
    operation.retire_record(memory, bytes);
    throw;
  }
  auto* const version = ::new (memory) Webhook{owner, id, static_cast<std::uint16_t>(drafts.size()),
                                               static_cast<std::uint16_t>(drafts[0].size)};
  Symbol* to = version->symbols();
  for (const Draft& draft : drafts) {
    if (to != version->symbols()) *to++ = static_cast<Symbol>(draft.size);
    to = std::ranges::copy(draft.path(), to).out;
    if (draft.size == 0) to = std::fill_n(to, Webhook::symbols_of(0), Symbol{0});
  }
  return version;
}

void Versions::admit(Operation& operation, Webhook& version, const Drafts& drafts) {
  std::size_t at = 0;
  for (; at < drafts.size() && drafts[at].name.empty(); ++at) {
    operation.next_part();
    step_at(operation, version.scope->root, drafts[at].path(), Step::admit, version);
    operation.reached("stepped");
  }
  version.for_each_name([&](NameEntry*) {
    operation.next_part();
    const NameKey key = names_.key_of(version.scope->number, drafts[at++].name);
    NameEntry* const name = names_.admit(operation, key, version);
    operation.reached("stepped");
    return name;
  });
}

void Versions::step_place(Operation& operation, const Webhook& version, const Place& place,
                          Step step) {
  if (!place.path.empty()) {
    step_at(operation, version.scope->root, place.path, step, version);
  } else if (place.name != nullptr) {
    names_.step(operation, *place.name, step, version);
  }
  operation.reached("stepped");
}

void Versions::step(Operation& operation, const Webhook& version, Step step) {
  version.for_each_pattern(
      [&](const Place& place) { step_place(operation, version, place, step); });
}

// An entry that is gone must not be looked at again, should the rest have to be repeated.
void Versions::remove(Operation& operation, Webhook& version) {
  version.for_each_pattern([&](const Place& place) {
    if (place.name == nullptr) step_place(operation, version, place, Step::remove);
  });
  version.for_each_name([&](NameEntry* name) -> NameEntry* {
    step_place(operation, version, {name, {}}, Step::remove);
    return nullptr;
  });
}

// All or nothing: what is reserved at the beginning is all that can fail.
void Versions::release(Operation& operation, Webhook* version) {
  std::size_t symbols_in_all = 0;
  version->for_each_pattern([&](const Place& place) { symbols_in_all += place.path.size(); });
  operation.reserve(static_cast<std::uint32_t>(symbols_in_all + 2));
  version->for_each_pattern([&](const Place& place) { release_path(operation, place.path); });
  scopes_.release(operation, version->scope, Reclaimer::Duty::hide_scope);
  operation.retire_record(version, version->bytes());
}

void Versions::forget(Operation& operation, const Reclaimer::Item& item) {
  using enum Reclaimer::Duty;
  auto* const symbol = static_cast<SymbolEntry*>(item.object);
  auto* const scope = static_cast<Scope*>(item.object);
  switch (item.duty) {
    case hide_symbol: return symbols_.hide(operation, symbol, forget_symbol);
    case forget_symbol: return symbols_.forget(operation, symbol);
    case hide_scope: return scopes_.hide(operation, scope, forget_scope);
    case forget_scope: return scopes_.forget(operation, scope);
    case finish_webhook:
    case release_piece:
    case release_record: return;
  }
}

void Versions::clear(Memory& memory) noexcept {
  names_.clear(memory.index);
  scopes_.clear(memory, [&](Scope& scope) { clear_trie(memory.index, scope.root); });
  symbols_.clear(memory, [](const SymbolEntry&) {});
}

}  // namespace sluice::internal

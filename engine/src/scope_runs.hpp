// The scopes of a group of events, looked up together so that their cache misses overlap. Events of
// one organisation that follow each other are a run and cost one look-up.
//
// Roles:      one Reader, inside a Guard for as long as the runs are used.
// Progress:   wait-free.
#pragma once

#include <array>
#include <string_view>

#include "hash.hpp"
#include "symbols.hpp"

namespace sluice::internal {

struct ScopeRun {
  std::string_view text;
  std::uint64_t hash;
  Word bucket;
  Scope* scope;  // null: nobody has subscribed in it; the next two are meaningless then
  std::uint64_t stamp;
  Word root;
};

class ScopeRuns {
 public:
  static constexpr std::size_t kMost = 32;

  void clear() noexcept { size_ = 0; }

  /// The run that the next event belongs to, if `scope` is its.
  const ScopeRun* add(std::string_view scope) noexcept {
    if (size_ != 0 && is_same(runs_[size_ - 1].text, scope)) return &runs_[size_ - 1];
    runs_[size_].text = scope;
    return &runs_[size_++];
  }

  /// Completes the runs.
  void find(const Scopes& scopes, const Hashing& hashing) noexcept;

 private:
  static bool is_same(std::string_view one, std::string_view other) noexcept {
    if (one.size() != other.size()) return false;
    if (one.data() == other.data() || one.empty()) return true;
    return is_same_text(one.data(), other.data(), one.size());
  }

  std::array<ScopeRun, kMost> runs_;
  std::size_t size_ = 0;
};

}  // namespace sluice::internal

#include "scope_runs.hpp"

#include <span>

namespace sluice::internal {

void ScopeRuns::find(const Scopes& scopes, const Hashing& hashing) noexcept {
  const std::span<ScopeRun> runs{runs_.data(), size_};
  for (ScopeRun& run : runs) {
    run.hash = hashing(run.text.data(), run.text.size());
    run.bucket = scopes.bucket_of(run.hash);
    Scopes::prefetch_bucket(run.bucket);
  }
  for (ScopeRun& run : runs) {
    run.scope = Scopes::find_in(run.bucket, run.hash, run.text.data(), run.text.size());
    if (run.scope != nullptr) prefetch_lines(run.scope, sizeof(Scope));
  }
  for (ScopeRun& run : runs) {
    if (run.scope == nullptr) continue;
    // sync[M2] acquire -> M1: a walk that begins now finds the changes of this stamp at least unsettled.
    run.stamp = run.scope->stamp.load(std::memory_order_acquire);
    run.root = follow_slot(run.scope->root);
  }
}

}  // namespace sluice::internal

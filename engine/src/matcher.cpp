#include "sluice/matcher.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "matcher_impl.hpp"

namespace sluice {

namespace internal {

namespace {

constexpr std::size_t kMaxScopeBytes = 255;
constexpr std::size_t kMaxPatterns = 65'535;

}  // namespace

MatcherImpl::MatcherImpl(MatcherOptions options)
    : hashing_{options.hash_seed, ~std::uint64_t{0}},
      versions_(hashing_),
      reclaimer_(memory_, *this) {}

MatcherImpl::~MatcherImpl() {
  reclaimer_.drain();
  directory_.clear(memory_.index,
                   [&](Webhook* version) { memory_.ledger.release(version, version->bytes()); });
  versions_.clear(memory_);
}

void MatcherImpl::settle(Operation& operation, const Webhook& version) noexcept {
  try {
    versions_.step(operation, version, Step::settle);
  } catch (const std::bad_alloc&) {
    return;  // entries that stay unsettled mean the same, and cost their readers a look-up
  }
}

void MatcherImpl::stamp(Scope& scope) noexcept {
  // relaxed: the number only has to be new.
  const std::uint64_t number = next_stamp_.fetch_add(1, std::memory_order_relaxed);
  // An exchange, as a store would hide the stamps of other writers before it.
  // sync[M1] acq_rel -> M2, M3: who sees the stamp sees that every entry of the change is unsettled.
  scope.stamp.exchange(number, std::memory_order_acq_rel);
}

// Makes `version` (null: none) the current one of `id`. True: there was one before.
bool MatcherImpl::replace(Operation& operation, std::uint32_t id, Webhook* version) {
  std::optional<Operation> farewell;  // so that saying good-bye to the old version cannot fail
  for (;;) {
    Webhook* const old = directory_.find(id);
    if (old == nullptr && version == nullptr) return false;
    if (old != nullptr) {
      if (!farewell) farewell.emplace(memory_, reclaimer_, probe_);
      versions_.step(operation, *old, Step::doom);
    }
    operation.reached("doomed");
    if (old != nullptr) stamp(*old->scope);
    if (version != nullptr && (old == nullptr || old->scope != version->scope)) {
      stamp(*version->scope);
    }
    if (!directory_.exchange(operation, id, old, version)) continue;
    operation.reached("changed");
    if (version != nullptr) settle(operation, *version);
    if (old == nullptr) return false;
    farewell->defer(
        {old, static_cast<std::uint32_t>(old->bytes()), Reclaimer::Duty::finish_webhook});
    return true;
  }
}

bool MatcherImpl::put(std::uint32_t id, std::string_view scope, std::span<const Pattern> patterns) {
  if (patterns.empty()) return !remove(id);
  if (scope.size() > kMaxScopeBytes) throw std::length_error("a scope is longer than 255 bytes");
  if (patterns.size() > kMaxPatterns) throw std::length_error("more than 65,535 patterns");
  reclaimer_.throttle();
  Operation operation{memory_, reclaimer_, probe_};
  Drafts drafts;
  Webhook* const version = versions_.make(operation, id, scope, patterns, drafts);
  bool had_one = false;
  try {
    versions_.admit(operation, *version, drafts);
    operation.reached("admitted");
    had_one = replace(operation, id, version);
  } catch (...) {
    withdraw(version);
    throw;
  }
  // relaxed: a statistic.
  if (!had_one) subscriptions_.fetch_add(1, std::memory_order_relaxed);
  return !had_one;
}

// Takes a version back that never became the current one. Out of memory again: its entries stay, and
// mean nothing, as the directory does not know the version.
void MatcherImpl::withdraw(Webhook* version) noexcept {
  try {
    Operation operation{memory_, reclaimer_, probe_};
    versions_.remove(operation, *version);
    versions_.release(operation, version);
  } catch (const std::bad_alloc&) {
    return;
  }
}

bool MatcherImpl::remove(std::uint32_t id) {
  reclaimer_.throttle();
  Operation operation{memory_, reclaimer_, probe_};
  if (!replace(operation, id, nullptr)) return false;
  // relaxed: a statistic.
  subscriptions_.fetch_sub(1, std::memory_order_relaxed);
  try {
    directory_.tidy(operation, id);
  } catch (const std::bad_alloc&) {
    return true;  // an empty Branch stays until the next removal beside it
  }
  return true;
}

void MatcherImpl::finish(const Reclaimer::Item& item) {
  Operation operation{memory_, reclaimer_, probe_};
  if (item.duty != Reclaimer::Duty::finish_webhook) return versions_.forget(operation, item);
  auto* const version = static_cast<Webhook*>(item.object);
  versions_.remove(operation, *version);
  versions_.release(operation, version);
}

MatcherStats MatcherImpl::stats() const noexcept {
  // relaxed: a statistic. While changes of one id overlap it may be one too low.
  const std::ptrdiff_t subscriptions = subscriptions_.load(std::memory_order_relaxed);
  return {static_cast<std::size_t>(std::max(subscriptions, std::ptrdiff_t{0})),
          sizeof(*this) + memory_.index.used() + memory_.ledger.used(), reclaimer_.pending()};
}

}  // namespace internal

Matcher::Matcher(MatcherOptions options)
    : impl_(std::make_unique<internal::MatcherImpl>(options)) {}
Matcher::~Matcher() = default;

bool Matcher::put(SubscriptionId id, std::string_view scope, std::span<const Pattern> patterns) {
  return impl_->put(static_cast<std::uint32_t>(id), scope, patterns);
}
bool Matcher::remove(SubscriptionId id) { return impl_->remove(static_cast<std::uint32_t>(id)); }
MatcherStats Matcher::stats() const noexcept { return impl_->stats(); }

}  // namespace sluice

#include "sluice/matcher.hpp"

#include <algorithm>
#include <stdexcept>

#include "matcher_impl.hpp"

namespace sluice {

namespace internal {

namespace {

constexpr std::size_t kMaxScopeBytes = 255;
constexpr std::size_t kMaxPatterns = 65'535;

// A text with readable bytes behind it, as hashing needs them.
class PaddedText {
 public:
  explicit PaddedText(std::string_view text) noexcept : size_(text.size()) {
    std::ranges::copy(text, bytes_.begin());
  }
  const char* data() const noexcept { return bytes_.data(); }
  std::size_t size() const noexcept { return size_; }

 private:
  std::array<char, kMaxScopeBytes + kTextPadding> bytes_;
  std::size_t size_;
};

// Two ways to write "any number of segments" are one: `*` alone means every event, and a `**`
// beside another adds nothing.
bool is_redundant(std::span<const Symbol> path, std::string_view segment) {
  return segment == "**" && !path.empty() && path.back() == kGlobstarSymbol;
}

}  // namespace

MatcherImpl::MatcherImpl(MatcherOptions options)
    : hashing_{options.hash_seed, ~std::uint64_t{0}}, reclaimer_(pool_, *this) {}

MatcherImpl::~MatcherImpl() {
  reclaimer_.drain();
  std::vector<Scope*> scopes;
  directory_.clear(pool_, [&](Webhook* version) {
    scopes.push_back(version->scope);
    pool_.release(version, version->bytes());
  });
  for (Scope* const scope : scopes) clear_trie(pool_, scope->root);
  scopes_.clear(pool_);
  symbols_.clear(pool_);
}

Scope* MatcherImpl::find_scope(std::string_view text) const {
  if (text.size() > kMaxScopeBytes) return nullptr;
  const PaddedText padded{text};
  return scopes_.find(hashing_(padded.data(), padded.size()), padded.data(), padded.size());
}

std::vector<Symbol> MatcherImpl::intern_path(Operation& operation, std::string_view pattern) {
  if (pattern == "*") pattern = "**";
  const PaddedText padded{pattern};
  std::vector<Symbol> path;
  path.reserve(kMaxSegments);
  try {
    for (std::size_t from = 0; from <= pattern.size();) {
      const std::size_t to = std::min(pattern.find('.', from), pattern.size());
      const std::string_view segment = pattern.substr(from, to - from);
      const char* const text = padded.data() + from;
      if (segment == "*") {
        path.push_back(kStarSymbol);
      } else if (segment == "**") {
        if (!is_redundant(path, segment)) path.push_back(kGlobstarSymbol);
      } else {
        const std::uint64_t hash = hashing_(text, segment.size());
        path.push_back(symbols_.intern(operation, hash, text, segment.size())->number);
      }
      from = to + 1;
    }
  } catch (...) {
    release_path(operation, path);
    throw;
  }
  return path;
}

void MatcherImpl::release_path(Operation& operation, std::span<const Symbol> path) {
  for (const Symbol symbol : path) {
    if (symbol == kStarSymbol || symbol == kGlobstarSymbol) continue;
    symbols_.release(operation, symbols_.at_number(symbol), Reclaimer::Duty::forget_symbol);
  }
}

// A pattern that is given twice counts once.
void MatcherImpl::drop_doubles(Operation& operation, Paths& paths) {
  std::ranges::sort(paths);
  Paths kept;
  Paths doubles;
  for (std::vector<Symbol>& path : paths) {
    const bool is_double = !kept.empty() && kept.back() == path;
    (is_double ? doubles : kept).push_back(std::move(path));
  }
  paths.swap(kept);
  for (const std::vector<Symbol>& path : doubles) release_path(operation, path);
}

Webhook* MatcherImpl::make_version(Operation& operation, std::uint32_t id, std::string_view scope,
                                   std::span<const Pattern> patterns) {
  Paths paths;
  Scope* owner = nullptr;
  try {
    paths.reserve(patterns.size());
    for (const Pattern& pattern : patterns) {
      paths.push_back(intern_path(operation, pattern.text()));
    }
    std::ranges::sort(paths);
    drop_doubles(operation, paths);
    const PaddedText padded{scope};
    owner = scopes_.intern(operation, hashing_(padded.data(), padded.size()), padded.data(),
                           padded.size());
    std::size_t symbols_in_all = 0;
    for (const auto& path : paths) symbols_in_all += path.size();
    void* const memory = operation.allocate(Webhook::bytes_for(paths.size(), symbols_in_all));
    auto* const version =
        ::new (memory) Webhook{owner, id, static_cast<std::uint16_t>(paths.size()),
                               static_cast<std::uint16_t>(paths[0].size())};
    Symbol* to = std::ranges::copy(paths[0], version->symbols()).out;
    for (const auto& path : std::span{paths}.subspan(1)) {
      *to++ = static_cast<Symbol>(path.size());
      to = std::ranges::copy(path, to).out;
    }
    return version;
  } catch (...) {
    for (const auto& path : paths) release_path(operation, path);
    if (owner != nullptr) scopes_.release(operation, owner, Reclaimer::Duty::forget_scope);
    throw;
  }
}

void MatcherImpl::release_version(Operation& operation, Webhook* version) {
  version->for_each_pattern([&](std::span<const Symbol> path) { release_path(operation, path); });
  scopes_.release(operation, version->scope, Reclaimer::Duty::forget_scope);
  operation.reserve(1);
  operation.retire(version, version->bytes());
}

void MatcherImpl::step_all(Operation& operation, const Webhook& version, Step step) {
  version.for_each_pattern([&](std::span<const Symbol> path) {
    step_at(operation, version.scope->root, path, step, version);
    operation.reached("stepped");
  });
}

void MatcherImpl::stamp(Scope& scope) noexcept {
  // relaxed: the number only has to be new.
  const std::uint64_t number = next_stamp_.fetch_add(1, std::memory_order_relaxed);
  // sync[M1] release -> M2: who sees the stamp sees the change.
  scope.stamp.store(number, std::memory_order_release);
}

// Makes `version` (null: none) the current one of `id`. True: there was one before.
bool MatcherImpl::replace(Operation& operation, std::uint32_t id, Webhook* version) {
  Operation farewell{pool_, reclaimer_,
                     probe_};  // so that saying good-bye to the old one cannot fail
  for (;;) {
    Webhook* const old = directory_.find(id);
    if (old == nullptr && version == nullptr) return false;
    if (old != nullptr) step_all(operation, *old, Step::doom);
    operation.reached("doomed");
    if (!directory_.exchange(operation, id, old, version)) continue;
    operation.reached("changed");
    if (version != nullptr) {
      settle(operation, *version);
      stamp(*version->scope);
    }
    if (old == nullptr) return false;
    if (version == nullptr || old->scope != version->scope) stamp(*old->scope);
    farewell.defer(
        {old, static_cast<std::uint32_t>(old->bytes()), Reclaimer::Duty::finish_webhook});
    return true;
  }
}

void MatcherImpl::settle(Operation& operation, const Webhook& version) noexcept {
  try {
    step_all(operation, version, Step::settle);
  } catch (const std::bad_alloc&) {
    return;  // entries that stay unsettled mean the same, and cost their readers a look-up
  }
}

bool MatcherImpl::put(std::uint32_t id, std::string_view scope, std::span<const Pattern> patterns) {
  if (patterns.empty()) return !remove(id);
  if (scope.size() > kMaxScopeBytes) throw std::length_error("a scope is longer than 255 bytes");
  if (patterns.size() > kMaxPatterns) throw std::length_error("more than 65,535 patterns");
  reclaimer_.throttle();
  Operation operation{pool_, reclaimer_, probe_};
  Webhook* const version = make_version(operation, id, scope, patterns);
  bool had_one = false;
  try {
    step_all(operation, *version, Step::admit);
    operation.reached("admitted");
    had_one = replace(operation, id, version);
  } catch (...) {
    if (directory_.find(id) != version) withdraw(operation, version);
    throw;
  }
  // relaxed: a statistic.
  if (!had_one) subscriptions_.fetch_add(1, std::memory_order_relaxed);
  return !had_one;
}

// Takes a version back that never became the current one. Out of memory again: its entries stay,
// and mean nothing, as the directory does not know the version.
void MatcherImpl::withdraw(Operation& operation, Webhook* version) noexcept {
  try {
    step_all(operation, *version, Step::remove);
    release_version(operation, version);
  } catch (const std::bad_alloc&) {
    return;
  }
}

bool MatcherImpl::remove(std::uint32_t id) {
  reclaimer_.throttle();
  Operation operation{pool_, reclaimer_, probe_};
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
  Operation operation{pool_, reclaimer_, probe_};
  switch (item.duty) {
    case Reclaimer::Duty::finish_webhook: {
      auto* const version = static_cast<Webhook*>(item.object);
      step_all(operation, *version, Step::remove);
      release_version(operation, version);
      break;
    }
    case Reclaimer::Duty::forget_symbol:
      symbols_.forget(operation, static_cast<SymbolEntry*>(item.object));
      break;
    case Reclaimer::Duty::forget_scope:
      scopes_.forget(operation, static_cast<Scope*>(item.object));
      break;
    case Reclaimer::Duty::release_piece: break;
  }
}

MatcherStats MatcherImpl::stats() const noexcept {
  // relaxed: a statistic.
  return {subscriptions_.load(std::memory_order_relaxed), sizeof(*this) + pool_.used(),
          reclaimer_.pending()};
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

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

constexpr std::size_t kPatternsAtOnce = 64;  // in one read section, so that memory flows back

}  // namespace

MatcherImpl::MatcherImpl(MatcherOptions options)
    : hashing_{options.hash_seed, ~std::uint64_t{0}}, reclaimer_(memory_, *this) {}

MatcherImpl::~MatcherImpl() {
  reclaimer_.drain();
  directory_.clear(memory_.index,
                   [&](Webhook* version) { memory_.ledger.release(version, version->bytes()); });
  scopes_.clear(memory_, [&](Scope& scope) { clear_trie(memory_.index, scope.root); });
  symbols_.clear(memory_, [](const SymbolEntry&) {});
}

Scope* MatcherImpl::find_scope(std::string_view text) const {
  if (text.size() > kMaxScopeBytes) return nullptr;
  const PaddedText padded{text};
  return scopes_.find(hashing_(padded.data(), padded.size()), padded.data(), padded.size());
}

std::vector<Symbol> MatcherImpl::intern_path(Operation& operation, std::string_view pattern) {
  if (pattern == "*") pattern = "**";  // the whole pattern `*` means every event
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
      } else if (segment != "**") {
        const std::uint64_t hash = hashing_(text, segment.size());
        path.push_back(symbols_.intern(operation, hash, text, segment.size())->number);
      } else if (path.empty() || path.back() != kGlobstarSymbol) {
        path.push_back(kGlobstarSymbol);  // a `**` beside another adds nothing
      }
      from = to + 1;
    }
  } catch (...) {
    abandon_path(operation, path);
    throw;
  }
  return path;
}

// Precondition: as many reserve()d items as the path has segments.
void MatcherImpl::release_path(Operation& operation, std::span<const Symbol> path) noexcept {
  for (const Symbol symbol : path) {
    if (symbol == kStarSymbol || symbol == kGlobstarSymbol) continue;
    symbols_.release(operation, symbols_.at_number(symbol), Reclaimer::Duty::hide_symbol);
  }
}

// For a put that has failed. Out of memory again: the segments' texts stay until the Matcher's end.
void MatcherImpl::abandon_path(Operation& operation, std::span<const Symbol> path) noexcept {
  try {
    operation.reserve(static_cast<std::uint32_t>(path.size()));
  } catch (const std::bad_alloc&) {
    return;
  }
  release_path(operation, path);
}

// A pattern that is given twice counts once.
void MatcherImpl::drop_doubles(Operation& operation, Paths& paths) {
  Paths kept;
  Paths doubles;
  kept.reserve(paths.size());
  doubles.reserve(paths.size());
  std::ranges::sort(paths);
  for (std::vector<Symbol>& path : paths) {
    const bool is_double = !kept.empty() && kept.back() == path;
    (is_double ? doubles : kept).push_back(std::move(path));
  }
  paths.swap(kept);
  for (const std::vector<Symbol>& path : doubles) abandon_path(operation, path);
}

Webhook* MatcherImpl::make_version(std::uint32_t id, std::string_view scope,
                                   std::span<const Pattern> patterns) {
  Operation operation{memory_, reclaimer_, probe_};
  Paths paths;
  try {
    paths.reserve(patterns.size());
    for (const Pattern& pattern : patterns) {
      paths.push_back(intern_path(operation, pattern.text()));
    }
    if (paths.size() > 1) drop_doubles(operation, paths);
    std::size_t symbols_in_all = 0;
    for (const auto& path : paths) symbols_in_all += path.size();
    const std::size_t bytes = Webhook::bytes_for(paths.size(), symbols_in_all);
    operation.reserve(1);
    void* const memory = operation.allocate_record(bytes);
    const PaddedText padded{scope};
    Scope* owner = nullptr;
    try {
      const std::uint64_t hash = hashing_(padded.data(), padded.size());
      owner = scopes_.intern(operation, hash, padded.data(), padded.size());
    } catch (...) {
      operation.retire_record(memory, bytes);
      throw;
    }
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
    for (const auto& path : paths) abandon_path(operation, path);
    throw;
  }
}

// All or nothing: what is reserved at the beginning is all that can fail.
void MatcherImpl::release_version(Operation& operation, Webhook* version) {
  std::size_t symbols_in_all = 0;
  version->for_each_pattern([&](std::span<const Symbol> path) { symbols_in_all += path.size(); });
  operation.reserve(static_cast<std::uint32_t>(symbols_in_all + 2));
  version->for_each_pattern([&](std::span<const Symbol> path) { release_path(operation, path); });
  scopes_.release(operation, version->scope, Reclaimer::Duty::hide_scope);
  operation.retire_record(version, version->bytes());
}

void MatcherImpl::step_all(Operation& operation, const Webhook& version, Step step) {
  version.for_each_pattern([&](std::span<const Symbol> path) {
    step_at(operation, version.scope->root, path, step, version);
    operation.reached("stepped");
  });
}

// For a version that is not the current one, and that nobody else steps.
void MatcherImpl::step_apart(const Webhook& version, Step step) {
  std::vector<std::span<const Symbol>> paths;
  paths.reserve(version.pattern_count);
  version.for_each_pattern([&](std::span<const Symbol> path) { paths.push_back(path); });
  for (std::size_t begin = 0; begin < paths.size(); begin += kPatternsAtOnce) {
    Operation operation{memory_, reclaimer_, probe_};
    const std::size_t end = std::min(begin + kPatternsAtOnce, paths.size());
    for (std::size_t i = begin; i < end; ++i) {
      step_at(operation, version.scope->root, paths[i], step, version);
      operation.reached("stepped");
    }
  }
}

void MatcherImpl::settle(Operation& operation, const Webhook& version) noexcept {
  try {
    step_all(operation, version, Step::settle);
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
bool MatcherImpl::replace(std::uint32_t id, Webhook* version) {
  Operation operation{memory_, reclaimer_, probe_};
  std::optional<Operation> farewell;  // so that saying good-bye to the old version cannot fail
  for (;;) {
    Webhook* const old = directory_.find(id);
    if (old == nullptr && version == nullptr) return false;
    if (old != nullptr) {
      if (!farewell) farewell.emplace(memory_, reclaimer_, probe_);
      step_all(operation, *old, Step::doom);
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
  Webhook* const version = make_version(id, scope, patterns);
  bool had_one = false;
  try {
    step_apart(*version, Step::admit);
    probe_.at("admitted");
    had_one = replace(id, version);
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
    step_apart(*version, Step::remove);
    Operation operation{memory_, reclaimer_, probe_};
    release_version(operation, version);
  } catch (const std::bad_alloc&) {
    return;
  }
}

bool MatcherImpl::remove(std::uint32_t id) {
  reclaimer_.throttle();
  if (!replace(id, nullptr)) return false;
  // relaxed: a statistic.
  subscriptions_.fetch_sub(1, std::memory_order_relaxed);
  try {
    Operation operation{memory_, reclaimer_, probe_};
    directory_.tidy(operation, id);
  } catch (const std::bad_alloc&) {
    return true;  // an empty Branch stays until the next removal beside it
  }
  return true;
}

void MatcherImpl::finish(const Reclaimer::Item& item) {
  using enum Reclaimer::Duty;
  Operation operation{memory_, reclaimer_, probe_};
  auto* const symbol = static_cast<SymbolEntry*>(item.object);
  auto* const scope = static_cast<Scope*>(item.object);
  switch (item.duty) {
    case finish_webhook: {
      auto* const version = static_cast<Webhook*>(item.object);
      step_all(operation, *version, Step::remove);
      release_version(operation, version);
      break;
    }
    case hide_symbol: symbols_.hide(operation, symbol, forget_symbol); break;
    case forget_symbol: symbols_.forget(operation, symbol); break;
    case hide_scope: scopes_.hide(operation, scope, forget_scope); break;
    case forget_scope: scopes_.forget(operation, scope); break;
    case release_piece:
    case release_record: break;
  }
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

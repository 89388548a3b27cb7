#include "bench/contestant.hpp"

#include <stdexcept>
#include <string>

#include "bench/baselines/frozen_trie.hpp"
#include "bench/baselines/linear_scan.hpp"
#include "bench/baselines/locked_trie.hpp"
#include "bench/baselines/mask_tables.hpp"
#include "bench/baselines/regex_sets.hpp"

namespace sluice::bench {

namespace {

/// Our walk. The batch call hands over groups of names; a batch of 1 is the single-name call.
class SluiceWalk {
 public:
  SluiceWalk(const Matcher& matcher, const SessionOptions& options)
      : reader_{matcher, options.is_cached ? ReaderOptions{} : ReaderOptions{.cache_bytes = 0}},
        batch_{options.batch} {}

  template <class Sink>
  void each(std::span<const Query> events, Sink sink) {
    if (batch_ == 1) {
      for (std::size_t i = 0; i < events.size(); ++i)
        sink(i, reader_.match(events[i].name, events[i].scope));
      return;
    }
    for (std::size_t from = 0; from < events.size(); from += batch_) {
      const MatchedBatch& matched =
          reader_.match(events.subspan(from, std::min(batch_, events.size() - from)));
      for (std::size_t i = 0; i < matched.size(); ++i) sink(from + i, matched[i]);
    }
  }

 private:
  Reader reader_;
  const std::size_t batch_;
};

class SluiceContestant final : public Contestant {
 public:
  void add(SubscriptionId id, const Subscription& subscription) override {
    matcher_.put(id, subscription.scope, {&subscription.pattern, 1});
  }
  void remove(SubscriptionId id, const Subscription&) override { matcher_.remove(id); }
  void replace(SubscriptionId id, std::string_view scope, std::span<const Pattern>,
               std::span<const Pattern> patterns) override {
    matcher_.put(id, scope, patterns);
  }
  std::unique_ptr<Session> open(const SessionOptions& options) override {
    return std::make_unique<SessionOf<SluiceWalk>>(matcher_, options);
  }
  std::size_t index_bytes() const override { return matcher_.stats().index_bytes; }

 private:
  Matcher matcher_;
};

class LockedTrieContestant final : public Contestant {
 public:
  void add(SubscriptionId id, const Subscription& subscription) override {
    trie_.add(id, subscription.pattern);
  }
  void remove(SubscriptionId id, const Subscription& subscription) override {
    trie_.remove(id, subscription.pattern);
  }
  void replace(SubscriptionId id, std::string_view, std::span<const Pattern> old_patterns,
               std::span<const Pattern> patterns) override {
    trie_.replace(id, old_patterns, patterns);
  }
  std::unique_ptr<Session> open(const SessionOptions& options) override {
    return std::make_unique<SessionOf<LockedTrieWalk>>(trie_, options.batch);
  }
  std::size_t index_bytes() const override { return trie_.index_bytes(); }

 private:
  LockedTrie trie_;
};

/// A baseline that is read without a lock: it must not change while a Session is in use.
template <class Index>
class UnlockedContestant final : public Contestant {
 public:
  void add(SubscriptionId id, const Subscription& subscription) override {
    index_.add(id, subscription.pattern);
  }
  void remove(SubscriptionId id, const Subscription& subscription) override {
    if constexpr (requires { index_.remove(id, subscription.pattern); }) {
      index_.remove(id, subscription.pattern);
    } else {
      throw std::logic_error{"this engine is built once and removes nothing"};
    }
  }
  void finish_loading() override {
    if constexpr (requires { index_.freeze(); }) index_.freeze();
  }
  std::unique_ptr<Session> open(const SessionOptions&) override {
    return std::make_unique<SessionOf<VectorWalk<Index>>>(index_);
  }
  std::size_t index_bytes() const override { return index_.index_bytes(); }

 private:
  Index index_;
};

std::uint64_t mixed(std::uint64_t x) noexcept {  // splitmix64's finaliser
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

}  // namespace

AnswerDigest digest_of(std::span<const SubscriptionId> ids) noexcept {
  AnswerDigest digest{.hits = ids.size()};
  for (const SubscriptionId id : ids) digest.mixed_sum += mixed(static_cast<std::uint32_t>(id));
  return digest;
}

void Contestant::replace(SubscriptionId id, std::string_view scope,
                         std::span<const Pattern> old_patterns, std::span<const Pattern> patterns) {
  for (const Pattern& pattern : old_patterns) remove(id, {scope, pattern});
  for (const Pattern& pattern : patterns) add(id, {scope, pattern});
}

void load(Contestant& contestant, const Workload& workload) {
  std::uint32_t id = 0;
  for (const Subscription& subscription : workload.subscriptions())
    contestant.add(SubscriptionId{id++}, subscription);
  contestant.finish_loading();
}

std::unique_ptr<Contestant> make_contestant(std::string_view engine) {
  if (engine == "sluice") return std::make_unique<SluiceContestant>();
  if (engine == "locked_trie") return std::make_unique<LockedTrieContestant>();
  if (engine == "mask_tables") return std::make_unique<UnlockedContestant<MaskTables>>();
  if (engine == "frozen_trie") return std::make_unique<UnlockedContestant<FrozenTrie>>();
  if (engine == "linear_scan") return std::make_unique<UnlockedContestant<LinearScan>>();
  if (engine == "re2_set") return std::make_unique<UnlockedContestant<Re2Set>>();
#ifdef SLUICE_HAS_HYPERSCAN
  if (engine == "hyperscan") return std::make_unique<UnlockedContestant<HyperscanSet>>();
#endif
  throw std::invalid_argument{"no engine is called '" + std::string{engine} + "'"};
}

}  // namespace sluice::bench

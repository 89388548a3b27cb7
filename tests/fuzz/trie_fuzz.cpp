// The input is a program of puts, removes and matches in several scopes; Matcher and the oracle run
// it side by side, with Readers that cache and one that does not.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "sluice/matcher.hpp"
#include "support/oracle.hpp"

namespace {

using sluice::Pattern;
using sluice::SubscriptionId;
using sluice::testkit::Oracle;
using sluice::testkit::require;
using sluice::testkit::sorted;

constexpr std::array<std::string_view, 3> kScopes{"", "acme", "other"};
constexpr std::array<std::string_view, 4> kLiterals{"a", "b", "c", "dd"};

/// The input as a tape of small numbers; past its end all are 0.
class Tape {
 public:
  explicit Tape(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool is_at_end() const { return bytes_.empty(); }

  std::size_t below(std::size_t bound) {
    if (bytes_.empty()) return 0;
    const std::size_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte % bound;
  }

  std::string_view scope() { return kScopes[below(kScopes.size())]; }

  std::string name() {
    return joined([this] { return kLiterals[below(kLiterals.size())]; });
  }

  std::string pattern() {
    return joined([this]() -> std::string_view {
      const std::size_t choice = below(kLiterals.size() + 2);
      if (choice < kLiterals.size()) return kLiterals[choice];
      return choice == kLiterals.size() ? "*" : "**";
    });
  }

 private:
  template <class Segment>
  std::string joined(Segment segment) {
    std::string text{segment()};
    for (std::size_t left = below(sluice::kMaxSegments); left > 0; --left) {
      text.append(".").append(segment());
    }
    return text;
  }

  std::span<const std::uint8_t> bytes_;
};

/// Matcher, Readers and oracle.
class Machine {
 public:
  void put(Tape& tape) {
    const auto id = static_cast<SubscriptionId>(tape.below(8));
    const std::string_view scope = tape.scope();
    std::vector<std::string> texts(tape.below(5));
    for (std::string& text : texts) text = tape.pattern();
    std::vector<Pattern> patterns;
    for (const std::string& text : texts) patterns.push_back(*Pattern::parse(text));
    require(matcher_.put(id, scope, patterns) == oracle_.put(id, scope, patterns), "put agrees");
    require(matcher_.stats().subscriptions == oracle_.size(), "the number of ids agrees");
  }

  void remove(Tape& tape) {
    const auto id = static_cast<SubscriptionId>(tape.below(8));
    require(matcher_.remove(id) == oracle_.remove(id), "remove agrees");
  }

  void match_one(Tape& tape) {
    const std::string name = tape.name();
    const std::string_view scope = tape.scope();
    const std::vector<SubscriptionId> expected = oracle_.match(name, scope);
    require(sorted(uncached_.match(name, scope)) == expected, "the uncached Reader agrees");
    require(sorted(cached_.match(name, scope)) == expected, "the cached Reader agrees");
    require(sorted(evicting_.match(name, scope)) == expected, "the evicting Reader agrees");
  }

  void match_batch(Tape& tape) {
    std::vector<std::string> names(tape.below(40));
    for (std::string& name : names) name = tape.name();
    std::vector<sluice::Query> queries;
    for (const std::string& name : names) queries.push_back({name, tape.scope()});
    for (sluice::Reader* reader : {&uncached_, &cached_}) {
      const sluice::MatchedBatch& matched = reader->match(queries);
      require(matched.size() == queries.size(), "a batch answers every query");
      for (std::size_t i = 0; i < queries.size(); ++i) {
        require(sorted(matched[i]) == oracle_.match(queries[i].name, queries[i].scope),
                "the batch agrees");
      }
    }
  }

 private:
  Oracle oracle_;
  sluice::Matcher matcher_;
  sluice::Reader uncached_{matcher_, {.cache_bytes = 0}};
  sluice::Reader cached_{matcher_, {.cache_bytes = std::size_t{256} << 10U}};
  sluice::Reader evicting_{matcher_, {.cache_bytes = std::size_t{4} << 10U}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Tape tape{{data, size}};
  Machine machine;
  while (!tape.is_at_end()) {
    switch (tape.below(6)) {
      case 0:
      case 1: machine.put(tape); break;
      case 2: machine.remove(tape); break;
      case 3:
      case 4: machine.match_one(tape); break;
      default: machine.match_batch(tape); break;
    }
  }
  return 0;
}

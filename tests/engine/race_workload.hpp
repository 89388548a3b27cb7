// What the race tests subscribe to and ask for: few texts, so that everything meets everything, and
// whose answers are computed once by the oracle.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "race_history.hpp"
#include "sluice/matcher.hpp"
#include "support/oracle.hpp"
#include "support/random.hpp"

namespace sluice::race {

inline constexpr std::array<std::string_view, 3> kScopes{"", "acme", "other"};

/// Names carry a generation (`g0` to `g5`), so that their segments come, go and come again; long
/// ones make walks long enough for a change to happen between two steps of one.
class Workload {
 public:
  Workload() {
    for (int g = 0; g < 6; ++g) {
      const std::string generation = "g" + std::to_string(g);
      names_.push_back("order." + generation);
      names_.push_back("order." + generation + ".done");
      names_.push_back(generation);
      for (const std::string& text :
           {names_.back(), "order." + generation, "order." + generation + ".*", "**." + generation,
            "*." + generation + ".**", "**." + generation + ".**.done"}) {
        patterns_.push_back(text);
      }
    }
    const std::string deep = "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.";
    for (const std::string& name : {deep + "a", deep + "b", std::string{"a"}}) {
      names_.push_back(name);
      patterns_.push_back(name);
    }
    for (const char* text : {"**", "*", "*.*", "a.**", "order.**", "**.done", "**.a.**.a.**.b",
                             "*.*.done", "order.*.done", "**.a", "a.a.**.b"}) {
      patterns_.emplace_back(text);
    }
    for (const std::string& pattern : patterns_) {
      NameSet covered = 0;
      for (std::size_t name = 0; name < names_.size(); ++name) {
        if (testkit::covers(pattern, names_[name])) covered |= NameSet{1} << name;
      }
      covered_.push_back(covered);
    }
  }

  unsigned names() const noexcept { return static_cast<unsigned>(names_.size()); }
  const std::string& name(unsigned index) const noexcept { return names_[index]; }

  /// One to three patterns; one of them as often as not, as most webhooks have.
  struct Subscription {
    State state;
    std::vector<Pattern> patterns;
  };
  Subscription draw(testkit::Random& random) const {
    Subscription drawn;
    drawn.state.scope = random.is_one_in(4) ? 1 : 0;
    if (random.is_one_in(16)) drawn.state.scope = 2;
    const std::size_t count = random.is_one_in(2) ? 1 : random.between(2, 3);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t pattern = random.below(patterns_.size());
      drawn.patterns.push_back(*Pattern::parse(patterns_[pattern]));
      drawn.state.names |= covered_[pattern];
    }
    return drawn;
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::string> patterns_;
  std::vector<NameSet> covered_;  // by pattern
};

/// One writer's next change, made and noted.
inline void change_one(const Workload& workload, Matcher& matcher, Clock& clock, History& history,
                       unsigned writer, unsigned id, testkit::Random& random) {
  Workload::Subscription next;
  if (!random.is_one_in(5)) next = workload.draw(random);
  const std::uint64_t began = clock.tick();
  if (next.patterns.empty()) {
    matcher.remove(SubscriptionId{id});
  } else {
    matcher.put(SubscriptionId{id}, kScopes[next.state.scope], next.patterns);
  }
  history.note(id, writer, {began, clock.tick(), next.state});
}

/// One reader's next matches, noted: a batch, or a single name.
class Asker {
 public:
  Asker(const Workload& workload, const Matcher& matcher, Clock& clock, ReaderOptions options)
      : workload_(workload), clock_(clock), reader_(matcher, options) {}

  void ask(testkit::Random& random, std::size_t batch) {
    const std::size_t first = answers_.size();
    queries_.clear();
    for (std::size_t i = 0; i < batch; ++i) {
      Answer answer;
      answer.scope = random.is_one_in(4) ? static_cast<unsigned>(random.below(3)) : 0;
      answer.name = static_cast<unsigned>(random.below(workload_.names()));
      queries_.push_back({workload_.name(answer.name), kScopes[answer.scope]});
      answers_.push_back(answer);
    }
    const std::uint64_t began = clock_.tick();
    const MatchedBatch& matched = reader_.match(queries_);
    const std::uint64_t ended = clock_.tick();
    for (std::size_t i = 0; i < batch; ++i) {
      Answer& answer = answers_[first + i];
      answer.began = began;
      answer.ended = ended;
      for (const SubscriptionId id : matched[i]) {
        const IdSet bit = IdSet{1} << static_cast<unsigned>(id);
        answer.has_double = answer.has_double || (answer.ids & bit) != 0;
        answer.ids |= bit;
      }
    }
  }

  const std::vector<Answer>& answers() const noexcept { return answers_; }

 private:
  const Workload& workload_;
  Clock& clock_;
  Reader reader_;
  std::vector<Query> queries_;
  std::vector<Answer> answers_;
};

}  // namespace sluice::race

// G6: a writer that is stopped in the middle of an operation delays neither readers nor writers,
// not even those of the same nodes and of the same webhook. Each test stops one kind of operation
// at one point, does everything else meanwhile, and then lets it finish.
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "race_gate.hpp"
#include "support/oracle.hpp"

namespace sluice::race {
namespace {

using Texts = std::vector<std::string>;

constexpr SubscriptionId kStopped{5'000};  // alone in its part of the directory
constexpr unsigned kOthers = 8;
const Texts kBefore{"a.b", "a.*", "only.before"};
const Texts kAfter{"a.b", "a.new", "**.fresh", "only.after"};
const Texts kByAnother{"a.b.z", "only.other"};

struct StallCase {
  const char* operation;
  const char* point;
  bool has_changed;  // the directory, when the writer stops there
};

std::ostream& operator<<(std::ostream& out, const StallCase& stall) {
  return out << stall.operation << '_' << stall.point;
}

class MatcherStall : public testing::TestWithParam<StallCase> {
 protected:
  MatcherStall() {
    for (unsigned id = 0; id < kOthers; ++id) put_both(SubscriptionId{id}, texts_of(id));
    if (!is("put")) put_both(kStopped, kBefore);
    internal::MatcherImpl::of(matcher_).drain();
  }

  static bool is(std::string_view operation) { return GetParam().operation == operation; }

  static Texts texts_of(unsigned id) {
    const std::string own = "own" + std::to_string(id);
    return {"a.b", "a.*", "a." + own, "**.b", "a.b." + own + ".**"};
  }

  void put(SubscriptionId id, const Texts& texts) {
    std::vector<Pattern> patterns;
    for (const std::string& text : texts) patterns.push_back(*Pattern::parse(text));
    matcher_.put(id, "", patterns);
  }
  void put_both(SubscriptionId id, const Texts& texts) {
    put(id, texts);
    oracle_.put(id, "", texts);
  }
  void remove_both(SubscriptionId id) {
    matcher_.remove(id);
    oracle_.remove(id);
  }

  void run_operation() {
    if (is("remove")) {
      matcher_.remove(kStopped);
    } else {
      put(kStopped, kAfter);
    }
  }
  void expect_operation() {
    if (is("remove")) {
      oracle_.remove(kStopped);
    } else {
      oracle_.put(kStopped, "", kAfter);
    }
  }

  void check(const char* when) {
    for (const char* name : {"a.b", "a.new", "a.own3", "a.other", "x.fresh", "a.b.z", "a.b.own2.q",
                             "only.before", "only.after", "only.other", "own.b"}) {
      for (Reader* const reader : {&cached_, &uncached_}) {
        ASSERT_EQ(testkit::sorted(reader->match(name)), oracle_.match(name)) << name << ' ' << when;
      }
    }
  }

  // Other webhooks come, change and go, at the nodes that the stopped writer is at.
  void change_others() {
    for (unsigned turn = 0; turn < 3; ++turn) {
      for (unsigned id = 0; id < 2 * kOthers; ++id) {
        put_both(SubscriptionId{id}, texts_of(id + turn));
        ASSERT_NO_FATAL_FAILURE(check("after another webhook's put"));
      }
      for (unsigned id = 0; id < kOthers; ++id) remove_both(SubscriptionId{id + turn});
      ASSERT_NO_FATAL_FAILURE(check("after other webhooks' removal"));
    }
    put_both(SubscriptionId{5'001}, {"a.new"});
    remove_both(SubscriptionId{5'001});
  }

  void change_the_same() {
    put_both(kStopped, kByAnother);
    ASSERT_NO_FATAL_FAILURE(check("after a put of the same webhook"));
    remove_both(kStopped);
    ASSERT_NO_FATAL_FAILURE(check("after a removal of the same webhook"));
    put_both(kStopped, kByAnother);
  }

  Matcher matcher_;
  Reader cached_{matcher_};
  Reader uncached_{matcher_, {.cache_bytes = 0}};
  testkit::Oracle oracle_;
};

// guards G1, G2, G6, I4, I9, I11
TEST_P(MatcherStall, DelaysNobody) {
  StoppedWriter writer{matcher_, GetParam().point, [this] { run_operation(); }};
  ASSERT_TRUE(writer.is_stopped());
  if (GetParam().has_changed) expect_operation();
  ASSERT_NO_FATAL_FAILURE(check("when the writer has stopped"));
  ASSERT_NO_FATAL_FAILURE(change_others());
  ASSERT_NO_FATAL_FAILURE(change_the_same());
  writer.let_go();
  if (!GetParam().has_changed) expect_operation();
  ASSERT_NO_FATAL_FAILURE(check("when the writer has finished"));
  internal::MatcherImpl::of(matcher_).drain();
  ASSERT_NO_FATAL_FAILURE(check("when old entries are gone"));
}

// guards G5, G6: nothing of it is left behind.
TEST_P(MatcherStall, LeavesNothingBehind) {
  const std::size_t empty_bytes = Matcher{}.stats().index_bytes;
  StoppedWriter writer{matcher_, GetParam().point, [this] { run_operation(); }};
  ASSERT_TRUE(writer.is_stopped());
  for (unsigned id = 0; id < kOthers; ++id) matcher_.remove(SubscriptionId{id});
  matcher_.remove(kStopped);
  writer.let_go();
  matcher_.remove(kStopped);
  internal::MatcherImpl::of(matcher_).drain();
  EXPECT_EQ(matcher_.stats().index_bytes, empty_bytes);
  EXPECT_EQ(matcher_.stats().subscriptions, 0U);
}

constexpr bool kNotYet = false;
constexpr bool kAlready = true;

INSTANTIATE_TEST_SUITE_P(
    Writers, MatcherStall,
    testing::Values(
        StallCase{"put", "frozen", kNotYet}, StallCase{"put", "stepped", kNotYet},
        StallCase{"put", "admitted", kNotYet}, StallCase{"put", "doomed", kNotYet},
        StallCase{"put", "changed", kAlready}, StallCase{"replace", "frozen", kNotYet},
        StallCase{"replace", "stepped", kNotYet}, StallCase{"replace", "admitted", kNotYet},
        StallCase{"replace", "doomed", kNotYet}, StallCase{"replace", "changed", kAlready},
        StallCase{"remove", "stepped", kNotYet}, StallCase{"remove", "doomed", kNotYet},
        StallCase{"remove", "changed", kAlready}, StallCase{"remove", "frozen", kAlready}),
    testing::PrintToStringParamName());

// guards G6: what is stopped in the middle is not counted twice, nor less than not at all.
TEST(MatcherStallCount, DoesNotWrapAround) {
  Matcher matcher;
  StoppedWriter writer{matcher, "changed", [&] { matcher.put(kStopped, "", {Pattern{}}); }};
  ASSERT_TRUE(writer.is_stopped());
  EXPECT_LE(matcher.stats().subscriptions, 1U);
  EXPECT_TRUE(matcher.remove(kStopped));
  EXPECT_LE(matcher.stats().subscriptions, 1U);
  writer.let_go();
  EXPECT_EQ(matcher.stats().subscriptions, 0U);
}

// guards G3: a scope that a stopped writer has just made has no past that a cache could remember:
// neither another new scope's, nor its own from before it was forgotten.
TEST(MatcherStallScope, SharesNoResolvedNamesWithAnotherNewScope) {
  Matcher matcher;
  Reader reader{matcher};
  {
    StoppedWriter writer{matcher, "changed",
                         [&] { matcher.put(SubscriptionId{1}, "acme", {Pattern{}}); }};
    ASSERT_TRUE(writer.is_stopped());
    for (int i = 0; i < 4; ++i) EXPECT_EQ(reader.match("a.b", "acme").size(), 1U);
  }
  StoppedWriter writer{matcher, "admitted",
                       [&] { matcher.put(SubscriptionId{2}, "other", {Pattern{}}); }};
  ASSERT_TRUE(writer.is_stopped());
  EXPECT_EQ(reader.match("a.b", "other").size(), 0U) << "an id of another organisation";
}

}  // namespace
}  // namespace sluice::race

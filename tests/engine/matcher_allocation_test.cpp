// Counts and refuses allocations: a warm match() makes none, and a change that runs out of memory
// changes nothing. A program of its own: it replaces operator new.
#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "matcher_impl.hpp"
#include "support/oracle.hpp"

namespace {

thread_local std::size_t allocations = 0;
thread_local std::size_t allocations_left = ~std::size_t{0};  // until one is refused

}  // namespace

// Not inlined: g++-12 would take malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (allocations_left-- == 0) throw std::bad_alloc{};
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace sluice {
namespace {

using internal::MatcherImpl;
using Texts = std::vector<std::string>;

class MatcherAllocation : public testing::Test {
 protected:
  void put(unsigned id, const Texts& texts) {
    std::vector<Pattern> patterns;
    for (const std::string& text : texts) patterns.push_back(*Pattern::parse(text));
    matcher_.put(SubscriptionId{id}, "acme", patterns);
  }

  // Bytes that the C library has handed out, by whatever name; nobody else runs meanwhile.
  static std::size_t bytes_in_use() {
#if defined(SLUICE_UNDER_SANITIZER)
    return 0;
#else
    return mallinfo2().uordblks;
#endif
  }

  Matcher matcher_;
};

class MatcherAllocationCached : public MatcherAllocation,
                                public testing::WithParamInterface<std::size_t> {};

TEST_P(MatcherAllocationCached, OfAWarmMatchIsNone) {
  for (unsigned id = 0; id < 600; ++id) {
    put(id, {"order.*", "order.o" + std::to_string(id), "**.x.**.done", "*.**"});
  }
  MatcherImpl::of(matcher_).drain();
  Reader reader{matcher_, {.cache_bytes = GetParam()}};
  std::vector<std::string> names;
  for (unsigned i = 0; i < 100; ++i) names.push_back("order.o" + std::to_string(7 * i));
  names.insert(names.end(), {"order.x.y.x.done", "a.x.x.done.x.done", "none", "bad..name", ""});
  std::vector<Query> queries;
  for (const std::string& name : names) queries.push_back({name, "acme"});
  const auto match_all = [&] {
    std::size_t ids = reader.match(queries).ids().size();
    for (const Query& query : queries) ids += reader.match(query.name, query.scope).size();
    return ids;
  };
  for (int warm = 0; warm < 3; ++warm) match_all();
  const std::size_t before = allocations;
  const std::size_t bytes_before = bytes_in_use();
  std::size_t ids = 0;
  for (int time = 0; time < 10; ++time) ids += match_all();
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(bytes_in_use(), bytes_before);
  EXPECT_GT(ids, 10U * 2 * 600);
}

INSTANTIATE_TEST_SUITE_P(CacheBytes, MatcherAllocationCached,
                         testing::Values(std::size_t{0}, std::size_t{4} << 10U,
                                         std::size_t{1} << 20U),
                         testing::PrintToStringParamName());

// Every allocation of a change is refused once, the first, then the second, and so on until the
// change gets by without meeting the one that is. (Under a sanitizer each piece of the index is an
// allocation; elsewhere only the large ones and the vectors are.)
class MatcherExhaustion : public MatcherAllocation {
 protected:
  MatcherExhaustion() {
    for (unsigned id = 0; id < 255; ++id) put_both(id, {"wide.c" + std::to_string(id) + ".*"});
    for (unsigned id = 300; id < 555; ++id) put_both(id, {"popular"});
    put_both(1'000, {"popular", "old.*"});
    MatcherImpl::of(matcher_).drain();
  }

  void put_both(unsigned id, const Texts& texts) {
    put(id, texts);
    oracle_.put(SubscriptionId{id}, "acme", texts);
  }

  void check() {
    for (const char* name : {"wide.c7.end", "wide.fresh.end", "popular", "old.x", "new.x.y"}) {
      ASSERT_EQ(testkit::sorted(reader_.match(name, "acme")), oracle_.match(name, "acme")) << name;
    }
  }

  template <class Change>
  bool is_refused(std::size_t allocation, Change change) {
    allocations_left = allocation;
    bool is_refused = false;
    try {
      change();
    } catch (const std::bad_alloc&) {
      is_refused = true;
    }
    allocations_left = ~std::size_t{0};
    return is_refused;
  }

  testkit::Oracle oracle_;
  Reader reader_{matcher_};
};

TEST_F(MatcherExhaustion, OfAPutChangesNothing) {
  const std::vector<Pattern> patterns{
      *Pattern::parse("wide.c1.*.deeper"), *Pattern::parse("wide.fresh.*"),
      *Pattern::parse("popular"),          *Pattern::parse("new.**.y"),
      *Pattern::parse("popular"),          *Pattern::parse("new.x.y")};
  for (const unsigned id : {2'000U, 1'000U}) {
    std::size_t refused = 0;
    while (is_refused(refused, [&] { matcher_.put(SubscriptionId{id}, "acme", patterns); })) {
      ASSERT_NO_FATAL_FAILURE(check()) << "allocation " << refused << " refused";
      ASSERT_EQ(matcher_.stats().subscriptions, oracle_.size());
      ++refused;
    }
    EXPECT_GT(refused, 0U);
    oracle_.put(SubscriptionId{id}, "acme", patterns);
    ASSERT_NO_FATAL_FAILURE(check());
  }
}

// guards G5: what was begun in vain is given back.
TEST_F(MatcherExhaustion, OfAPutLeavesNothingBehind) {
  const std::vector<Pattern> patterns{*Pattern::parse("wide.fresh.*"), *Pattern::parse("popular"),
                                      *Pattern::parse("new.**.y"), *Pattern::parse("new.x.y")};
  // A key whose slot is empty stays in its node until half of them are: make those first.
  matcher_.put(SubscriptionId{2'000}, "acme", patterns);
  matcher_.remove(SubscriptionId{2'000});
  MatcherImpl::of(matcher_).drain();
  const std::size_t before = matcher_.stats().index_bytes;
  for (std::size_t refused = 0; refused < 1'000; ++refused) {
    if (!is_refused(refused, [&] { matcher_.put(SubscriptionId{2'000}, "acme", patterns); })) break;
    MatcherImpl::of(matcher_).drain();
    ASSERT_EQ(matcher_.stats().index_bytes, before) << "allocation " << refused << " refused";
  }
}

TEST_F(MatcherExhaustion, OfARemovalChangesNothing) {
  std::size_t refused = 0;
  while (is_refused(refused, [&] { matcher_.remove(SubscriptionId{1'000}); })) {
    ASSERT_NO_FATAL_FAILURE(check()) << "allocation " << refused << " refused";
    ASSERT_EQ(matcher_.stats().subscriptions, oracle_.size());
    ++refused;
  }
  oracle_.remove(SubscriptionId{1'000});
  ASSERT_NO_FATAL_FAILURE(check());
}

}  // namespace
}  // namespace sluice

// Ids that are unique within a scope, as those of CloudEvents are within their source.
#include <gtest/gtest.h>

#include "server/journal/journal_rig.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::Journal;
using sluice::journal::Sequence;

constexpr std::uint32_t kAcme = 7;
constexpr std::uint32_t kOther = 8;

TEST(ScopedIds, KeepsTheIdsOfScopesApart) {
  JournalRig rig;
  Journal& journal = rig.open();
  const GivenEvent own{"own", "one"}, left{"left", "one", {}, "/l"}, right{"right", "one", {}, "/r"};
  EXPECT_TRUE(append(journal, kAcme, {left, right}).duplicates.empty());
  EXPECT_TRUE(append(journal, kAcme, {own}).duplicates.empty());
  EXPECT_EQ(append(journal, kAcme, {own, {"new", "two"}, left, right}).duplicates,
            (std::vector<std::uint32_t>{0, 2, 3}));
  EXPECT_TRUE(append(journal, kOther, {left}).duplicates.empty());
}

TEST(ScopedIds, FindsTheNewestOfTheScopesThatUsedAnId) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, {{"left", "one", {}, "/l"}});
  EXPECT_EQ(journal.find(kAcme, "one")->json, "left");
  append(journal, kAcme, {{"right", "one", {}, "/r"}});
  append(journal, kAcme, {{"left again", "one", {}, "/l"}, {"other"}});  // a duplicate
  EXPECT_EQ(journal.find(kAcme, "one")->json, "right");
  EXPECT_FALSE(journal.find(kOther, "one"));
}

TEST(ScopedIds, AFailedAppendForgetsWhatItBroughtAndNoMore) {
  JournalRig rig;
  Journal& journal = rig.open();
  append(journal, kAcme, {{"own", "one"}});
  rig.disk.set_fault([](DiskOperation operation, const auto&) {
    return operation == DiskOperation::sync ? std::make_error_code(std::errc::io_error)
                                            : std::error_code{};
  });
  EXPECT_TRUE(append(journal, kAcme, {{"left", "one", {}, "/l"}}).error);
  rig.disk.set_fault({});
  Answer answer;
  wait_until([&] { return !(answer = append(journal, kAcme, {{"left", "one", {}, "/l"}})).error; });
  EXPECT_TRUE(answer.duplicates.empty());
  EXPECT_EQ(append(journal, kAcme, {{"own", "one"}}).duplicates.size(), 1U);
}

/// Each id comes from two scopes, 40 events of several segments.
void fill_from_two_scopes(Journal& journal) {
  for (int i = 0; i < 20; ++i)
    for (const char* scope : {"/l", "/r"})
      append(journal, kAcme, {{std::string(8000, 'x'), "id-" + std::to_string(i), {}, scope}});
}

TEST(ScopedIds, RemembersScopesOverARestartAlsoFromIndexFiles) {
  for (const std::uint64_t verified_bytes : {std::uint64_t{0}, std::uint64_t{1} << 30U}) {
    JournalRig rig;
    fill_from_two_scopes(rig.open());
    ASSERT_GT(rig.journal->stats().segments, 3U);
    rig.options.verified_bytes = verified_bytes;
    rig.reopen();
    EXPECT_EQ(rig.journal->stats().remembered_ids, 40U);
    for (int i = 0; i < 20; ++i) {
      const std::string id = "id-" + std::to_string(i);
      EXPECT_EQ(rig.journal->find(kAcme, id)->sequence, static_cast<Sequence>(2 * i + 2));
      EXPECT_EQ(append(*rig.journal, kAcme, {{"l", id, {}, "/l"}, {"r", id, {}, "/r"}})
                    .duplicates.size(), 2U);
      EXPECT_TRUE(append(*rig.journal, kAcme, {{"own", id}}).duplicates.empty());
      EXPECT_TRUE(append(*rig.journal, kAcme, {{"m", id, {}, "/m"}}).duplicates.empty());
    }
  }
}

}  // namespace

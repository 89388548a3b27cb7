#include "delivery/waiting_book.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace sluice::delivery {
namespace {

using Entry = WaitingBook::Entry;

Entry entry(journal::Sequence first, int due_seconds) {
  const std::chrono::seconds due(due_seconds);
  return {WaitingBook::TimePoint{due}, base::Time{due}, {first}, 1};
}

TEST(WaitingBook, GivesWhatIsDueFirst) {
  WaitingBook book;
  book.insert(entry(1, 30), false);
  book.insert(entry(2, 10), false);
  EXPECT_EQ(book.take().first(), 2U);
  EXPECT_EQ(book.take().first(), 1U);
  EXPECT_EQ(book.next(), nullptr);
}

TEST(WaitingBook, GivesOrderedChannelsTheOldestEventFirst) {
  WaitingBook book;
  book.set_order(WaitingOrder::sequence);
  book.insert(entry(2, 10), false);
  book.insert(entry(1, 30), false);
  EXPECT_EQ(book.take().first(), 1U);
}

TEST(WaitingBook, ReplacesAnEntryOfTheSameFirstEvent) {
  WaitingBook book;
  book.insert(entry(1, 30), false);
  book.insert(entry(1, 5), false);
  EXPECT_EQ(book.count(), 1U);
  EXPECT_EQ(book.take().due_at, base::Time{std::chrono::seconds{5}});
  EXPECT_EQ(book.next(), nullptr);
}

TEST(WaitingBook, DropsAPageOfAnOrderThatNoLongerHolds) {
  WaitingBook book;
  book.begin(1);
  const auto request = book.begin_page();
  book.set_order(WaitingOrder::sequence);
  book.add_page({entry(1, 1)}, request.generation, {});
  EXPECT_EQ(book.next(), nullptr);
  EXPECT_TRUE(book.wants_page());
}

// The records as a map, written before the book is told, as the ledger does it.
TEST(WaitingBook, LosesAndRepeatsNothingWhilePagesComeAndGo) {
  std::mt19937_64 random(5);
  std::map<std::pair<int, journal::Sequence>, Entry> records;
  WaitingBook book;
  std::set<journal::Sequence> waiting;
  journal::Sequence next = 0;
  std::vector<Entry> taken;
  for (int round = 0; round < 20'000; ++round) {
    const auto dice = random() % 10;
    if (dice < 5 && waiting.size() < 500) {
      const int due = static_cast<int>(random() % 1'000);
      ASSERT_TRUE(waiting.insert(++next).second);
      records.emplace(std::pair{due, next}, entry(next, due));
      book.insert(entry(next, due), false);
    } else if (dice < 8 && book.next() != nullptr) {
      taken.push_back(book.take());
      ASSERT_EQ(waiting.erase(taken.back().first()), 1U) << "given twice";
    } else if (!taken.empty()) {
      std::erase_if(records,
                    [&](const auto& row) { return row.first.second == taken.back().first(); });
      taken.pop_back();
      book.settle();
    }
    ASSERT_LE(waiting.empty() ? 0U : 1U, book.is_empty() ? 0U : 1U) << "something is forgotten";
    if (!book.wants_page()) continue;
    const auto request = book.begin_page();
    std::vector<Entry> page;
    for (const auto& [key, row] : records) {
      if (page.size() == WaitingBook::kPage) break;
      const bool is_behind =
          !request.after || std::pair{base::Time{std::chrono::seconds{key.first}}, key.second} >
                                std::pair{request.after->due_at, request.after->first};
      if (is_behind) page.push_back(row);
    }
    std::vector<journal::Sequence> firsts;
    for (const Entry& each : taken) firsts.push_back(each.first());
    book.add_page(std::move(page), request.generation, firsts);
  }
  EXPECT_GT(next, 2'000U);
}

}  // namespace
}  // namespace sluice::delivery

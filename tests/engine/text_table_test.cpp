// Interned texts: one number for each, kept as long as anybody refers to it, and given to another
// text only after a grace period.
#include "text_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "index_rig.hpp"
#include "support/random.hpp"
#include "symbols.hpp"

namespace sluice::internal {
namespace {

class TextTableTest : public testing::Test {
 protected:
  TextTableTest() {
    rig_.on_duty = [this](Operation& operation, const Reclaimer::Item& item) {
      auto* const entry = static_cast<SymbolEntry*>(item.object);
      if (item.duty == Reclaimer::Duty::hide_symbol) {
        if (!is_hidden_.load()) last_reader_.emplace();
        table_.hide(operation, entry, Reclaimer::Duty::forget_symbol);
        is_hidden_.store(true);
        is_hidden_.notify_all();
      } else {
        table_.forget(operation, entry);
      }
    };
  }
  ~TextTableTest() override {
    last_reader_.reset();
    rig_.drain();
    table_.clear(rig_.memory(), [](const SymbolEntry&) {});
  }

  // All texts of one `neighbourhood` have the same leading 24 bits of hash.
  static std::uint64_t hash_of(const std::string& text, std::uint64_t neighbourhood) {
    std::string padded = text + "........";
    const std::uint64_t hash = hash_text(1, padded.data(), text.size());
    return neighbourhood << 40U | (hash >> 24U) | 1U;
  }
  SymbolEntry* intern(const std::string& text, std::uint64_t neighbourhood = 0) {
    const std::string padded = text + "........";
    return rig_.write([&](Operation& operation) {
      return table_.intern(operation, hash_of(text, neighbourhood), padded.data(), text.size());
    });
  }
  void release(SymbolEntry* entry) {
    rig_.write([&](Operation& operation) {
      operation.reserve(1);
      table_.release(operation, entry, Reclaimer::Duty::hide_symbol);
    });
  }
  SymbolEntry* find(const std::string& text, std::uint64_t neighbourhood = 0) const {
    const std::string padded = text + "????????";
    const Guard guard;
    return table_.find(hash_of(text, neighbourhood), padded.data(), text.size());
  }

  IndexRig rig_;
  Symbols table_;
  // A reader that enters just before the first text is hidden, where a test asks for one.
  std::atomic<bool> is_hidden_{true};
  std::optional<GuardedReader> last_reader_;
};

TEST_F(TextTableTest, HasOneEntryForOneText) {
  SymbolEntry* const entry = intern("order");
  EXPECT_EQ(find("order"), entry);
  EXPECT_EQ(intern("order"), entry);
  EXPECT_EQ(table_.at_number(entry->number), entry);
  EXPECT_EQ(find("orders"), nullptr);
  EXPECT_EQ(find("orde"), nullptr);
}

TEST_F(TextTableTest, KeepsAnEntryUntilItsLastReferenceIsReleased) {
  SymbolEntry* const entry = intern("order");
  intern("order");
  release(entry);
  rig_.drain();
  ASSERT_EQ(find("order"), entry);
  release(entry);
  rig_.drain();
  EXPECT_EQ(find("order"), nullptr);
  EXPECT_EQ(rig_.used(), 0U);
}

// Sizes about the 16 bytes that are compared in place, and about the 8 of one chunk.
TEST_F(TextTableTest, TellsTextsOfOneHashAndAllSizesApart) {
  std::vector<std::string> texts;
  for (std::size_t size = 1; size <= 64; ++size) {
    texts.emplace_back(size, 'x');
    texts.push_back(std::string(size - 1, 'x') + 'y');
    if (size > 1) texts.push_back('y' + std::string(size - 1, 'x'));
  }
  for (const std::string& text : texts) intern(text, 9);
  for (const std::string& text : texts) {
    const SymbolEntry* const entry = find(text, 9);
    ASSERT_NE(entry, nullptr) << text;
    ASSERT_EQ(std::string(reinterpret_cast<const char*>(entry + 1), entry->size), text);
  }
}

// guards I7: buckets that overflow spread over Branches, and numbers stay distinct.
TEST_F(TextTableTest, GivesDistinctNumbers) {
  std::set<std::uint32_t> numbers;
  std::vector<SymbolEntry*> entries;
  for (unsigned i = 0; i < 3'000; ++i) {
    // Neighbourhoods that share a cell, a Branch, or all of it.
    const std::uint64_t neighbourhood = i % 3 == 0 ? 0x5550 + i % 32 : 0x555'000 + i % 64;
    entries.push_back(intern("t" + std::to_string(i), neighbourhood));
    ASSERT_TRUE(numbers.insert(entries.back()->number).second);
    ASSERT_EQ(entries.back()->number >> 8U, neighbourhood);
  }
  for (SymbolEntry* const entry : entries) ASSERT_EQ(table_.at_number(entry->number), entry);
  for (SymbolEntry* const entry : entries) release(entry);
  rig_.drain();
  EXPECT_EQ(rig_.used(), 0U);
}

TEST_F(TextTableTest, RefusesThe253rdOfOneNeighbourhoodAndLeavesNothingBehind) {
  for (unsigned i = 0; i < 252; ++i) intern("t" + std::to_string(i), 3);
  rig_.drain();
  const std::size_t before = rig_.used();
  EXPECT_THROW(intern("one more", 3), std::length_error);
  EXPECT_NE(intern("t251", 3), nullptr);
  EXPECT_NE(intern("one more", 4), nullptr);
  release(find("one more", 4));
  rig_.drain();
  EXPECT_EQ(rig_.used(), before);
}

// guards I8: a reader that resolved a text, at the last moment at which it was visible, never meets
// the number's next owner.
TEST_F(TextTableTest, KeepsADeadNumberForAReaderThatMayKnowIt) {
  SymbolEntry* const old = intern("old", 5);
  const std::uint32_t number = old->number;
  is_hidden_.store(false);
  release(old);
  is_hidden_.wait(false);
  for (unsigned i = 0; i < 100; ++i) {
    ASSERT_NE(intern("new" + std::to_string(i), 5)->number, number);
  }
  EXPECT_EQ(find("old", 5), nullptr);
  last_reader_.reset();
  rig_.drain();
  EXPECT_EQ(intern("newest", 5)->number, number);
}

// guards G5, I7: the same few texts come and go in two threads.
TEST_F(TextTableTest, SurvivesTwoThreadsThatInternAndReleaseTheSame) {
  std::array<std::thread, 2> threads;
  std::array<int, 2> wrong{};
  for (std::size_t t = 0; t < 2; ++t) {
    threads[t] = std::thread([&, t] {
      testkit::Random random{t};
      for (int i = 0; i < 10'000; ++i) {
        const std::string text = "t" + std::to_string(random.below(20));
        SymbolEntry* const entry = intern(text, 1);
        if (find(text, 1) != entry) ++wrong[t];
        release(entry);
        // A dead text keeps its number for two grace periods; so that the 252 suffice.
        if (i % 64 == 0) rig_.drain();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong[0] + wrong[1], 0);
  rig_.drain();
  EXPECT_EQ(rig_.used(), 0U);
}

}  // namespace
}  // namespace sluice::internal

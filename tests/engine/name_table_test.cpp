// Names found as a whole: an entry for each scope and text, for as long as somebody subscribes to it.
#include "name_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "index_rig.hpp"
#include "support/random.hpp"

namespace sluice::internal {
namespace {

class NameTableTest : public testing::Test {
 protected:
  // Each test's webhooks have one pattern, so that a settled entry is a plain id.
  static constexpr std::uint32_t kWebhooks = 32;

  NameTableTest() {
    for (std::uint32_t id = 0; id < kWebhooks; ++id) webhooks_[id] = {nullptr, id, 1, 0};
  }
  ~NameTableTest() override {
    rig_.drain();
    names_.clear(rig_.memory().index);
  }

  NameEntry* admit(const std::string& text, std::uint32_t id, std::uint32_t scope = 7) {
    return rig_.write([&](Operation& operation) {
      return names_.admit(operation, names_.key_of(scope, text), webhooks_[id]);
    });
  }
  void step(NameEntry* entry, Step step, std::uint32_t id) {
    rig_.write([&](Operation& operation) { names_.step(operation, *entry, step, webhooks_[id]); });
  }
  const NameEntry* find(const std::string& text, std::uint32_t scope = 7) const {
    const Guard guard;
    return names_.find(names_.key_of(scope, text));
  }
  std::size_t subscribers(const std::string& text) const {
    const Guard guard;
    const NameEntry* const entry = names_.find(names_.key_of(7, text));
    return entry == nullptr ? 0 : SubscriberView{follow_slot(entry->subscribers)}.size();
  }
  void expect_empty() {
    rig_.drain();
    EXPECT_EQ(rig_.used(), 0U);
  }

  IndexRig rig_;
  Hashing hashing_{1, ~std::uint64_t{0}};
  NameTable names_{hashing_};
  std::array<Webhook, kWebhooks> webhooks_;
};

TEST_F(NameTableTest, HasOneEntryForOneScopeAndText) {
  NameEntry* const entry = admit("order.created", 0);
  EXPECT_EQ(admit("order.created", 1), entry);
  EXPECT_EQ(find("order.created"), entry);
  EXPECT_NE(admit("order.created", 2, 8), entry);
  EXPECT_EQ(find("order.create"), nullptr);
  EXPECT_EQ(find("order.createx"), nullptr);
  EXPECT_EQ(find("order.created", 9), nullptr);
  EXPECT_EQ(entry->text(), "order.created");
}

// Of all sizes, so that every way of comparing is taken, and each differs in one byte.
TEST_F(NameTableTest, TellsTextsOfAllSizesApart) {
  std::vector<std::string> texts;
  for (std::size_t size = 1; size <= 255; ++size) {
    texts.emplace_back(size, 'x');
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      texts.emplace_back(size, 'x');
      texts.back()[at] = 'y';
    }
  }
  for (const std::string& text : texts) admit(text, 0);
  for (const std::string& text : texts) {
    const NameEntry* const entry = find(text);
    ASSERT_NE(entry, nullptr) << text;
    ASSERT_EQ(entry->text(), text);
  }
}

TEST_F(NameTableTest, KeepsAnEntryUntilItsLastSubscriberIsRemoved) {
  NameEntry* const entry = admit("a.b", 0);
  admit("a.b", 1);
  step(entry, Step::settle, 0);
  step(entry, Step::remove, 1);
  EXPECT_EQ(find("a.b"), entry);
  step(entry, Step::doom, 0);
  EXPECT_EQ(subscribers("a.b"), 1U);
  step(entry, Step::remove, 0);
  EXPECT_EQ(find("a.b"), nullptr);
  expect_empty();
}

// guards I13: buckets spread over Branches and shrink again; entries stay where they are meanwhile.
TEST_F(NameTableTest, KeepsEntriesInPlaceWhileItGrowsAndShrinks) {
  constexpr std::size_t kNames = 200'000;
  std::vector<NameEntry*> entries;
  for (std::size_t i = 0; i < kNames; ++i) entries.push_back(admit("n" + std::to_string(i), 0));
  for (std::size_t i = 0; i < kNames; ++i) ASSERT_EQ(find("n" + std::to_string(i)), entries[i]);
  for (std::size_t i = 0; i < kNames; ++i) {
    step(entries[i], Step::remove, 0);
    if (i % 1'000 != 0) continue;
    ASSERT_EQ(find("n" + std::to_string(i)), nullptr);
  }
  expect_empty();
}

// Subscribers that are many lie on Branches, which go with them.
TEST_F(NameTableTest, TakesManySubscribersAndReturnsToEmpty) {
  std::vector<Webhook> webhooks(2'000);
  NameEntry* entry = nullptr;
  rig_.write([&](Operation& operation) {
    for (std::uint32_t id = 0; id < webhooks.size(); ++id) {
      webhooks[id] = {nullptr, id, 1, 0};
      entry = names_.admit(operation, names_.key_of(7, "popular"), webhooks[id]);
      names_.step(operation, *entry, Step::settle, webhooks[id]);
    }
    for (const Webhook& webhook : webhooks) names_.step(operation, *entry, Step::remove, webhook);
    EXPECT_NE(follow_slot(entry->subscribers), 0U) << "remove takes only what was doomed";
    for (const Webhook& webhook : webhooks) {
      names_.step(operation, *entry, Step::doom, webhook);
      names_.step(operation, *entry, Step::remove, webhook);
    }
  });
  EXPECT_EQ(find("popular"), nullptr);
  expect_empty();
}

// guards I12: who had no time to drop what is dead, because it was stopped, is in nobody's way.
TEST_F(NameTableTest, ReplacesADeadEntry) {
  NameEntry* const dead = admit("a.b", 0);
  admit("a.c", 1);
  const Word admitted = dead->subscribers.exchange(kFrozen);
  NameEntry* const fresh = admit("a.b", 2);
  EXPECT_NE(fresh, dead);
  EXPECT_EQ(find("a.b"), fresh);
  EXPECT_EQ(subscribers("a.b"), 1U);
  step(fresh, Step::remove, 2);
  step(admit("a.c", 1), Step::remove, 1);
  rig_.write([&](Operation& operation) { retire_subscribers(operation, admitted); });
  expect_empty();
}

// guards I12, I13, G5: the same few names come and go in two threads.
TEST_F(NameTableTest, SurvivesTwoThreadsAtTheSameNames) {
  std::array<std::thread, 2> threads;
  std::array<int, 2> missed{};
  for (std::uint32_t t = 0; t < 2; ++t) {
    threads[t] = std::thread([&, t] {
      testkit::Random random{t};
      for (int i = 0; i < 20'000; ++i) {
        const std::string text = "n" + std::to_string(random.below(6));
        rig_.write([&](Operation& operation) {
          const NameKey key = names_.key_of(7, text);
          NameEntry* const entry = names_.admit(operation, key, webhooks_[t]);
          if (names_.find(key) != entry) ++missed[t];
          names_.step(operation, *entry, Step::remove, webhooks_[t]);
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(missed[0] + missed[1], 0);
  expect_empty();
}

}  // namespace
}  // namespace sluice::internal

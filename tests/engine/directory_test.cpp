// The directory of ids: as high as its largest id, and gone with its last one.
#include "directory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <thread>
#include <vector>

#include "index_rig.hpp"
#include "support/random.hpp"

namespace sluice::internal {
namespace {

class DirectoryTest : public testing::Test {
 protected:
  bool exchange(std::uint32_t id, Webhook* expected, Webhook* desired) {
    return rig_.write([&](Operation& operation) {
      const bool is_done = directory_.exchange(operation, id, expected, desired);
      if (is_done && desired == nullptr) directory_.tidy(operation, id);
      return is_done;
    });
  }
  Webhook* find(std::uint32_t id) const {
    const Guard guard;
    return directory_.find(id);
  }
  void expect_empty() {
    rig_.drain();
    EXPECT_EQ(rig_.used(), 0U);
  }

  IndexRig rig_;
  Directory directory_;
  alignas(16) std::array<Webhook, 2> versions_{};
  Webhook* const one_ = &versions_[0];
  Webhook* const other_ = &versions_[1];
};

constexpr std::array<std::uint32_t, 12> kEdges{
    0, 1, 63, 64, 4'095, 4'096, 262'143, 262'144, 1U << 24U, 1U << 30U, ~0U - 1, ~0U};

// guards I9
TEST_F(DirectoryTest, ExchangesOnlyWhatIsThere) {
  EXPECT_EQ(find(5), nullptr);
  EXPECT_FALSE(exchange(5, one_, other_));
  EXPECT_TRUE(exchange(5, nullptr, one_));
  EXPECT_FALSE(exchange(5, nullptr, other_));
  EXPECT_FALSE(exchange(5, other_, nullptr));
  EXPECT_EQ(find(5), one_);
  EXPECT_TRUE(exchange(5, one_, other_));
  EXPECT_EQ(find(5), other_);
  EXPECT_TRUE(exchange(5, other_, nullptr));
  EXPECT_EQ(find(5), nullptr);
  expect_empty();
}

TEST_F(DirectoryTest, GrowsToAnyHeightInAnyOrder) {
  for (const bool is_rising : {true, false}) {
    for (std::size_t i = 0; i < kEdges.size(); ++i) {
      ASSERT_TRUE(exchange(kEdges[is_rising ? i : kEdges.size() - 1 - i], nullptr, one_));
    }
    for (const std::uint32_t id : kEdges) {
      ASSERT_EQ(find(id), one_) << id;
      ASSERT_EQ(find(id ^ 2U), nullptr) << id;
    }
    for (const std::uint32_t id : kEdges) ASSERT_TRUE(exchange(id, one_, nullptr)) << id;
    expect_empty();
  }
}

TEST_F(DirectoryTest, AgreesWithAMap) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  testkit::Random random{seed};
  std::map<std::uint32_t, Webhook*> map;
  for (int i = 0; i < 20'000; ++i) {
    const auto id = static_cast<std::uint32_t>(random.below(400) << random.below(24));
    Webhook* const desired = random.is_one_in(2) ? one_ : nullptr;
    ASSERT_EQ(find(id), map[id]);
    ASSERT_TRUE(exchange(id, map[id], desired));
    map[id] = desired;
  }
  for (const auto& [id, webhook] : map) ASSERT_TRUE(exchange(id, webhook, nullptr));
  expect_empty();
}

// guards I4, I9: two writers, who make and drop the same Branches, each with ids of its own.
TEST_F(DirectoryTest, KeepsWhatTwoWritersPut) {
  std::array<std::thread, 2> threads;
  std::array<int, 2> lost{};
  for (std::uint32_t t = 0; t < 2; ++t) {
    threads[t] = std::thread([&, t] {
      testkit::Random random{t};
      std::map<std::uint32_t, Webhook*> map;
      for (int i = 0; i < 20'000; ++i) {
        const auto id =
            static_cast<std::uint32_t>((random.below(8) << (6 * random.below(5))) * 2 + t);
        Webhook*& held = map[id];
        Webhook* const desired = held == nullptr ? one_ : random.is_one_in(2) ? other_ : nullptr;
        if (find(id) != held || !exchange(id, held, desired)) ++lost[t];
        held = desired;
      }
      for (const auto& [id, held] : map) {
        if (!exchange(id, held, nullptr)) ++lost[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lost[0] + lost[1], 0);
  expect_empty();
}

}  // namespace
}  // namespace sluice::internal

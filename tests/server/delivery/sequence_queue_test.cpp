#include "delivery/sequence_queue.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace sluice::delivery {
namespace {

TEST(SequenceQueue, DropsTheNewestAndSaysWhichOfThemWasTheOldest) {
  SequenceQueue queue;
  for (journal::Sequence each = 1; each <= 100; ++each) queue.push_back(each * 2);
  EXPECT_EQ(queue.truncate(100), 0U);
  EXPECT_EQ(queue.truncate(3), 8U);
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_TRUE(queue.contains(6));
  EXPECT_FALSE(queue.contains(8));
}

TEST(SequenceQueue, BehavesAsAQueueWhileItGrowsAndShrinks) {
  std::mt19937_64 random(3);
  SequenceQueue queue;
  std::deque<journal::Sequence> model;
  journal::Sequence next = 0;
  for (int round = 0; round < 50'000; ++round) {
    const bool grows = round / 5'000 % 2 == 0;
    if (model.empty() || random() % 3 < (grows ? 2U : 1U)) {
      next += 1 + random() % 3;
      queue.push_back(next);
      model.push_back(next);
    } else {
      ASSERT_EQ(queue.front(), model.front());
      queue.pop_front();
      model.pop_front();
    }
    ASSERT_EQ(queue.size(), model.size());
    if (model.empty()) continue;
    ASSERT_TRUE(queue.contains(model[random() % model.size()]));
  }
}

}  // namespace
}  // namespace sluice::delivery

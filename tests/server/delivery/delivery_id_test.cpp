#include "delivery/delivery_id.hpp"

#include <gtest/gtest.h>

#include <random>

namespace sluice::delivery {
namespace {

DeliveryIds::Secret secret(unsigned char first) {
  DeliveryIds::Secret bytes{};
  bytes[0] = std::byte{first};
  return bytes;
}

TEST(DeliveryIds, ReadsBackWhatItMakes) {
  DeliveryIds ids(secret(1));
  std::mt19937_64 random(11);
  for (int round = 0; round < 1'000; ++round) {
    const DeliveryKey key{random(), static_cast<std::uint32_t>(random()),
                          static_cast<std::uint32_t>(random())};
    const std::string id = ids.make(key);
    ASSERT_EQ(id.size(), 30U);
    ASSERT_EQ(ids.parse(id), key);
  }
}

TEST(DeliveryIds, NamesADeliveryTheSameAfterARestart) {
  EXPECT_EQ(DeliveryIds(secret(1)).make({5, 6, 7}), DeliveryIds(secret(1)).make({5, 6, 7}));
}

TEST(DeliveryIds, DoesNotTellTheSequence) {
  DeliveryIds ids(secret(1));
  EXPECT_NE(ids.make({1, 6, 7}).substr(4, 8), ids.make({2, 6, 7}).substr(4, 8));
  EXPECT_NE(ids.make({1, 6, 7}), DeliveryIds(secret(2)).make({1, 6, 7}));
}

TEST(DeliveryIds, RefusesWhatItNeverMade) {
  DeliveryIds ids(secret(1));
  std::string id = ids.make({5, 6, 7});
  EXPECT_FALSE(ids.parse(""));
  EXPECT_FALSE(ids.parse("evt_" + id.substr(4)));
  EXPECT_FALSE(ids.parse(id + "0"));
  EXPECT_FALSE(ids.parse("dlv_" + std::string(26, 'z')));  // more than 128 bits
  id[10] = 'u';                                            // no digit of Crockford's
  EXPECT_FALSE(ids.parse(id));
}

}  // namespace
}  // namespace sluice::delivery

#include "base/descriptor_limit.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <limits>

namespace {

using sluice::base::DescriptorShares;
using sluice::base::raise_descriptor_limit;
using sluice::base::share_descriptors;

constexpr DescriptorShares kWanted{.served = 10'000, .delivered = 16'384};

TEST(DescriptorLimit, IsRaisedToTheHardOne) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  rlimit lower = limit;
  lower.rlim_cur = 64;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lower), 0);
  EXPECT_GE(raise_descriptor_limit(), 64U);
  rlimit after{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(DescriptorLimit, GivesEverybodyWhatIsWantedWhereThereIsEnough) {
  for (const std::size_t limit : {std::size_t{40'000}, std::numeric_limits<std::size_t>::max()}) {
    const DescriptorShares shares = share_descriptors(limit, kWanted);
    EXPECT_EQ(shares.served, 10'000U);
    EXPECT_EQ(shares.delivered, 16'384U);
  }
}

TEST(DescriptorLimit, NeverSharesOutMoreThanThereIs) {
  for (std::size_t limit = 8; limit < 50'000; limit += 1 + limit / 7) {
    const DescriptorShares shares = share_descriptors(limit, kWanted);
    EXPECT_LT(shares.served + shares.delivered, limit);
    EXPECT_GE(shares.served, 1U);
    EXPECT_GE(shares.delivered, 1U);
  }
  EXPECT_EQ(share_descriptors(0, kWanted).served, 1U);
}

TEST(DescriptorLimit, LeavesWhatDeliveriesDoNotWantToConnections) {
  EXPECT_EQ(share_descriptors(4096, {.served = 10'000, .delivered = 100}).served, 4096U - 256 - 100);
}

}  // namespace

#include "domain/traffic.hpp"

#include <gtest/gtest.h>

namespace sluice::domain {
namespace {

TEST(Traffic, CountsEachOrganisationByItself) {
  Traffic traffic;
  traffic.count(1, {.accepted = 3, .duplicates = 1, .rejected = 2, .matched = 2});
  traffic.count(1, {.accepted = 1});
  traffic.count(2, {.accepted = 5, .matched = 1});
  EXPECT_EQ(traffic.of(1).accepted, 4U);
  EXPECT_EQ(traffic.of(1).rejected, 2U);
  EXPECT_EQ(traffic.of(2).duplicates, 0U);
  EXPECT_EQ(traffic.of(3).accepted, 0U);
  EXPECT_EQ(traffic.intake().accepted, 9U);
  EXPECT_EQ(traffic.intake().matched, 3U);
}

}  // namespace
}  // namespace sluice::domain

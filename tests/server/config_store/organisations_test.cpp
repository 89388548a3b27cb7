// Organisations are found by number and name, and names are taken once.
#include "config_store/organisations.hpp"

#include <gtest/gtest.h>

#include "tests/server/config_store/store_rig.hpp"

namespace sluice::store {
namespace {

TEST(Organisations, AreFoundByNumberAndName) {
  StoreRig rig;
  const auto made = rig.store->organisations().create("acme");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->name, "acme");
  EXPECT_TRUE(made->internal_id.starts_with("int_"));
  for (int round = 0; round < 2; ++round) {
    const auto by_number = rig.store->organisations().find(made->number);
    const auto by_name = rig.store->organisations().find_by_name("acme");
    ASSERT_TRUE(by_number && by_name);
    EXPECT_EQ(by_number->internal_id, made->internal_id);
    EXPECT_EQ(by_name->number, made->number);
    rig.reopen();
  }
  EXPECT_FALSE(rig.store->organisations().find(made->number + 1));
  EXPECT_FALSE(rig.store->organisations().find_by_name("ACME"));
}

TEST(Organisations, ANameIsTakenOnce) {
  StoreRig rig;
  ASSERT_TRUE(rig.store->organisations().create("acme"));
  EXPECT_FALSE(rig.store->organisations().create("acme"));
  EXPECT_EQ(rig.store->organisations().list().size(), 1U);
}

TEST(Organisations, AreListedByNumber) {
  StoreRig rig;
  for (const char* name : {"b", "a", "c"}) rig.make_organisation(name);
  std::vector<std::string> names;
  for (const auto& each : rig.store->organisations().list()) names.push_back(each.name);
  EXPECT_EQ(names, (std::vector<std::string>{"b", "a", "c"}));
}

}  // namespace
}  // namespace sluice::store

// The whole table of what a grant allows, and the text and bits that a set travels as.
#include "domain/permission.hpp"

#include <gtest/gtest.h>

#include <array>

namespace sluice::domain {
namespace {

using enum Permission;

constexpr std::array kAll{ingest, read, write, delete_, admin};

struct Grant {
  Permission granted;
  std::array<bool, 5> allows;  // in the order of kAll
};

TEST(PermissionSet, AllowsWhatIsGrantedAndWhatThatIncludes) {
  constexpr std::array kGrants{
      Grant{ingest, {true, false, false, false, false}},
      Grant{read, {false, true, false, false, false}},
      Grant{write, {true, true, true, false, false}},
      Grant{delete_, {true, true, true, true, false}},
      Grant{admin, {true, true, true, true, true}},
  };
  for (const Grant& grant : kGrants) {
    const PermissionSet permissions{grant.granted};
    for (std::size_t i = 0; i < kAll.size(); ++i) {
      EXPECT_EQ(permissions.allows(kAll[i]), grant.allows[i])
          << to_text(grant.granted) << " for " << to_text(kAll[i]);
    }
  }
}

TEST(PermissionSet, AllowsNothingWhenNothingIsGranted) {
  for (const Permission permission : kAll) EXPECT_FALSE(PermissionSet{}.allows(permission));
}

TEST(PermissionSet, AddsUpItsGrants) {
  const PermissionSet permissions{ingest, read};
  EXPECT_TRUE(permissions.allows(ingest));
  EXPECT_TRUE(permissions.allows(read));
  EXPECT_FALSE(permissions.allows(write));
}

TEST(PermissionSet, SurvivesAsText) {
  for (unsigned granted = 1; granted < 1U << kAll.size(); ++granted) {
    PermissionSet permissions;
    for (std::size_t i = 0; i < kAll.size(); ++i)
      if ((granted >> i & 1U) != 0) permissions.grant(kAll[i]);
    EXPECT_EQ(PermissionSet::parse(to_text(permissions)), permissions) << to_text(permissions);
  }
  EXPECT_EQ(to_text(PermissionSet{delete_, ingest}), "ingest,delete");
}

TEST(PermissionSet, RefusesTextWithUnknownNames) {
  for (const char* text : {"", "Read", "read,", ",read", "read write", "read,root"}) {
    EXPECT_FALSE(PermissionSet::parse(text)) << text;
  }
}

}  // namespace
}  // namespace sluice::domain

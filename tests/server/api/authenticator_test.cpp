#include "api/authenticator.hpp"

#include <gtest/gtest.h>

#include "config_store/database.hpp"
#include "tests/server/config_store/store_rig.hpp"

namespace sluice::api {
namespace {

using domain::Permission;

struct AuthenticatorTest : testing::Test, store::StoreRig {
  std::string make_key() {
    return "Bearer " + store->api_keys().create(organisation, "ci", {Permission::read}, {}).text;
  }
  /// The refusal's status; 200: there is none.
  int status_of(const std::string& authorization) {
    const auto checked = authenticator.check(authorization, Permission::read);
    const auto* refusal = std::get_if<Refusal>(&checked);
    return refusal == nullptr ? 200 : refusal->status;
  }
  void break_store() {
    store::Database intruder(path, store::Database::Use::write);
    intruder.execute("DROP TABLE api_keys");
  }

  const std::uint32_t organisation = make_organisation();
  Authenticator authenticator{store->api_keys(), clock};
};

TEST_F(AuthenticatorTest, IsUnavailableWhileTheStoreCannotBeRead) {
  const std::string key = make_key();
  break_store();
  EXPECT_EQ(status_of(key), 503);
  EXPECT_EQ(status_of("Bearer sk_malformed"), 401);
}

TEST_F(AuthenticatorTest, KnowsTheKeysThatWereUsedWhileTheStoreCannotBeRead) {
  const std::string key = make_key();
  EXPECT_EQ(status_of(key), 200);
  break_store();
  EXPECT_EQ(status_of(key), 200);
}

}  // namespace
}  // namespace sluice::api

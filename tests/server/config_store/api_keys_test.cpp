// A key is known by its digest only, ends when it is revoked, and its changes are noticed.
#include "config_store/api_keys.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/server/config_store/store_rig.hpp"

namespace sluice::store {
namespace {

using domain::Permission;
using domain::PermissionSet;

struct ApiKeysTest : testing::Test, StoreRig {
  ApiKeys& keys() { return store->api_keys(); }
  CreatedKey make(const std::string& name = "ci") {
    return keys().create(organisation, name, {Permission::read, Permission::ingest}, {});
  }
  std::uint32_t organisation = make_organisation();
};

TEST_F(ApiKeysTest, IsFoundByTheDigestOfItsText) {
  const base::Time expiry = clock.now() + std::chrono::hours{1};
  const CreatedKey made = keys().create(organisation, "ci", {Permission::write}, expiry);
  EXPECT_TRUE(domain::is_api_key(made.text));
  reopen();
  const auto found = keys().find_by_digest(base::sha256(made.text));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->number, made.key.number);
  EXPECT_EQ(found->organisation, organisation);
  EXPECT_EQ(found->name, "ci");
  EXPECT_EQ(found->prefix, made.text.substr(0, 8));
  EXPECT_EQ(found->permissions, PermissionSet{Permission::write});
  EXPECT_EQ(found->created_at, clock.now());
  EXPECT_EQ(found->expires_at, expiry);
  EXPECT_FALSE(found->revoked_at);
  EXPECT_FALSE(keys().find_by_digest(base::sha256(made.text + "x")));
}

TEST_F(ApiKeysTest, TheTextIsNowhereInTheFiles) {
  const CreatedKey made = make();
  for (const char* name : {"config.db", "config.db-wal"}) {
    std::ifstream file(directory / name, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_FALSE(bytes.empty());
    EXPECT_EQ(bytes.find(made.text.substr(8)), std::string::npos) << name;
  }
}

TEST_F(ApiKeysTest, AreListedNewestFirstAndForTheirOrganisationOnly) {
  make("first");
  make("second");
  const std::uint32_t other = make_organisation("other");
  keys().create(other, "third", {Permission::read}, {});
  const auto listed = keys().list(organisation);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].name, "second");
  EXPECT_EQ(listed[1].name, "first");
}

TEST_F(ApiKeysTest, RevokingEndsTheKeyOnceAndForAll) {
  const CreatedKey made = make();
  const base::Time revoked_at = clock.now();
  ASSERT_TRUE(std::holds_alternative<domain::ApiKey>(keys().revoke(organisation, made.key.number)));
  clock.advance(std::chrono::hours{1});
  // Again, by prefix: the time does not move.
  const auto again = keys().revoke(organisation, made.key.prefix);
  ASSERT_TRUE(std::holds_alternative<domain::ApiKey>(again));
  EXPECT_EQ(std::get<domain::ApiKey>(again).revoked_at, revoked_at);
  const auto found = keys().find_by_digest(base::sha256(made.text));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->revoked_at, revoked_at);
  EXPECT_FALSE(found->is_valid_at(clock.now()));
}

TEST_F(ApiKeysTest, AnotherOrganisationsKeyIsNotFound) {
  const CreatedKey made = make();
  const std::uint32_t other = make_organisation("other");
  const auto by_number = keys().revoke(other, made.key.number);
  const auto by_prefix = keys().revoke(other, made.key.prefix);
  EXPECT_EQ(std::get<ApiKeys::RevokeError>(by_number), ApiKeys::RevokeError::not_found);
  EXPECT_EQ(std::get<ApiKeys::RevokeError>(by_prefix), ApiKeys::RevokeError::not_found);
  EXPECT_TRUE(keys().find_by_digest(base::sha256(made.text))->is_valid_at(clock.now()));
}

TEST_F(ApiKeysTest, AnUnknownOrganisationGetsNoKey) {
  EXPECT_THROW(keys().create(organisation + 1, "ci", {Permission::read}, {}), StoreError);
  EXPECT_TRUE(keys().list(organisation + 1).empty());
}

TEST_F(ApiKeysTest, ChangesOfOtherProcessesAreNoticed) {
  ConfigStore other(path, vault, clock, random);
  std::uint64_t seen = keys().change_counter();
  EXPECT_EQ(keys().change_counter(), seen);

  const CreatedKey made = other.api_keys().create(organisation, "theirs", {Permission::read}, {});
  EXPECT_NE(keys().change_counter(), seen);
  EXPECT_TRUE(keys().find_by_digest(base::sha256(made.text)));
  seen = keys().change_counter();

  other.api_keys().revoke(organisation, made.key.number);
  EXPECT_NE(keys().change_counter(), seen);
  EXPECT_TRUE(keys().find_by_digest(base::sha256(made.text))->revoked_at);
  seen = keys().change_counter();

  make("ours");
  EXPECT_NE(keys().change_counter(), seen);
}

TEST_F(ApiKeysTest, ChangesOfOtherThingsAreNot) {
  const std::uint64_t seen = keys().change_counter();
  store->webhooks().create(organisation, draft_of("one"));
  make_organisation("other");
  EXPECT_EQ(keys().change_counter(), seen);
}

}  // namespace
}  // namespace sluice::store

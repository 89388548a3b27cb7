// Threads and processes that use one store at a time see whole changes and lose none.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/server/config_store/delivery_rig.hpp"
#include "tests/server/config_store/store_rig.hpp"

namespace sluice::store {
namespace {

TEST(Sharing, NoUpdateIsLostBetweenThreads) {
  StoreRig rig;
  const std::uint32_t organisation = rig.make_organisation();
  Webhooks& webhooks = rig.store->webhooks();
  const auto made = webhooks.create(organisation, draft_of("0"));
  constexpr int kThreads = 4;
  constexpr int kChanges = 25;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&] {
        for (int done = 0; done < kChanges;) {
          const auto seen = webhooks.find(organisation, made.webhook_id);
          domain::WebhookDraft draft = seen->draft;
          draft.name = std::to_string(std::stoi(draft.name) + 1);
          const auto result = webhooks.replace(organisation, made.webhook_id, draft, seen->version);
          if (std::holds_alternative<domain::Webhook>(result)) ++done;
        }
      });
  }
  const auto found = webhooks.find(organisation, made.webhook_id);
  EXPECT_EQ(found->draft.name, std::to_string(kThreads * kChanges));
  EXPECT_EQ(found->version, 1U + kThreads * kChanges);
}

TEST(Sharing, ReadersSeeWholeWebhooksWhileTheyChange) {
  StoreRig rig;
  const std::uint32_t organisation = rig.make_organisation();
  Webhooks& webhooks = rig.store->webhooks();
  const auto made = webhooks.create(organisation, draft_of("a"));
  std::atomic<bool> is_done{false};
  {
    std::vector<std::jthread> readers;
    for (int t = 0; t < 10; ++t)  // more than there are connections
      readers.emplace_back([&] {
        while (!is_done) {
          const auto found = webhooks.find(organisation, made.webhook_id);
          ASSERT_TRUE(found);
          ASSERT_EQ(found->draft.channels.size(), 1U);
          ASSERT_EQ(found->draft.channels[0].configs,
                    draft_of(found->draft.name).channels[0].configs);
        }
      });
    for (int i = 0; i < 100; ++i)
      webhooks.replace(organisation, made.webhook_id, draft_of(i % 2 == 0 ? "b" : "a"));
    is_done = true;
  }
}

TEST(Sharing, DeliveriesAreLoggedWhileTheyAreListedAndPruned) {
  DeliveryRig rig;
  rig.retention.attempts_per_webhook = 500;
  rig.reopen();
  std::atomic<bool> is_done{false};
  std::jthread reader([&] {
    while (!is_done) {
      const auto page = std::get<Page<Attempt>>(rig.store->attempts().list(1, {}, {}));
      for (std::size_t i = 1; i < page.rows.size(); ++i)
        ASSERT_GT(page.rows[i - 1].id, page.rows[i].id);
    }
  });
  std::jthread pruner([&] {
    while (!is_done) rig.store->prune();
  });
  for (int i = 0; i < 50; ++i) {
    std::vector<Attempt> batch;
    for (int k = 0; k < 100; ++k) batch.push_back(rig.attempt_of(1));
    rig.store->attempts().insert(batch);
  }
  is_done = true;
  reader.join();
  pruner.join();
  rig.store->prune();
  EXPECT_EQ(
      std::get<Page<Attempt>>(rig.store->attempts().list(1, {}, {.limit = 1'000})).rows.size(),
      500U);
}

// A fork of a process with threads is no place for the sanitizer of threads.
#if !defined(SLUICE_UNDER_TSAN)
TEST(Sharing, AnotherProcessMakesKeysWhileThisOneWrites) {
  StoreRig rig;
  const std::uint32_t organisation = rig.make_organisation();
  const std::uint64_t before = rig.store->api_keys().change_counter();
  rig.store.reset();  // SQLite must not be carried through a fork
  const ::pid_t child = ::fork();
  ASSERT_GE(child, 0);
  constexpr int kKeys = 40;
  if (child == 0) {
    bool is_good = true;
    try {
      ConfigStore store(rig.path, rig.vault, rig.clock, rig.random);
      for (int i = 0; i < kKeys; ++i)
        store.api_keys().create(organisation, "theirs", {domain::Permission::read}, {});
    } catch (const std::exception&) {
      is_good = false;
    }
    ::_exit(is_good ? 0 : 1);
  }
  testkit::SeededRandom random{99};
  ConfigStore store(rig.path, rig.vault, rig.clock, random);
  for (int i = 0; i < kKeys; ++i) store.webhooks().create(organisation, draft_of("ours"));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(store.api_keys().list(organisation).size(), static_cast<std::size_t>(kKeys));
  EXPECT_EQ(store.webhooks().ids_by_name(organisation, "ours", 1'000).size(),
            static_cast<std::size_t>(kKeys));
  EXPECT_NE(store.api_keys().change_counter(), before);
}
#endif

TEST(Sharing, AFullDiskRefusesChangesAndKeepsWhatThereIs) {
  const testkit::TemporaryDirectory directory;
  const char* const place = directory.path().c_str();
  if (::mount("tmpfs", place, "tmpfs", 0, "size=700k") != 0)
    GTEST_SKIP() << "only root can mount a small disk";
  {
    testkit::ManualClock clock;
    testkit::SeededRandom random;
    const base::Vault vault{test_key()};
    ConfigStore store(directory / "config.db", vault, clock, random);
    const std::uint32_t organisation = store.organisations().create("acme")->number;
    const auto first = store.webhooks().create(organisation, draft_of("first"));
    domain::WebhookDraft large = draft_of("large");
    large.description = std::string(20'000, 'd');
    std::size_t stored = 0;
    try {
      for (; stored < 1'000; ++stored) store.webhooks().create(organisation, large);
    } catch (const StoreError& error) {
      EXPECT_EQ(error.kind(), StoreError::Kind::disk_full) << error.what();
    }
    EXPECT_LT(stored, 1'000U);
    const auto page = std::get<WebhookPage>(
        store.webhooks().list(organisation, {}, {.limit = 1'000, .include_total = true}));
    EXPECT_EQ(page.total, stored + 1);
    EXPECT_TRUE(store.webhooks().find(organisation, first.webhook_id));

    EXPECT_EQ(::mount("tmpfs", place, "tmpfs", MS_REMOUNT, "size=4m"), 0);
    EXPECT_NO_THROW(store.webhooks().create(organisation, large));
  }
  EXPECT_EQ(::umount2(place, MNT_DETACH), 0);
}

}  // namespace
}  // namespace sluice::store

// The power goes at any write, sync, truncation or removal of the real stores: what was acknowledged
// is there afterwards, what was under way is there whole or not at all, and the files are sound.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config_store/delivery_store.hpp"
#include "support/random.hpp"
#include "tests/server/config_store/simulated_vfs.hpp"
#include "tests/server/config_store/store_rig.hpp"

namespace sluice::store {
namespace {

using testkit::DiskOperation;
using testkit::SimulatedDisk;
using testkit::SimulatedVfs;

/// What both stores hold, as far as this test changes it.
struct State {
  std::map<std::string, std::string> webhooks;     // name to description
  std::map<std::string, bool> keys;                // name to whether it was revoked
  std::map<std::uint64_t, std::uint32_t> retries;  // first event to attempts
  bool operator==(const State&) const = default;
};

constexpr std::uint32_t kChannel = 7;

/// Lives of the stores in one directory, each ended by a power cut.
class StoreRun {
 public:
  StoreRun(std::uint64_t seed, SimulatedVfs::Syncs syncs)
      : random_(seed), disk_(seed), vfs_(disk_, syncs), ids_(seed) {
    disk_.set_fault([this](DiskOperation operation, const SimulatedDisk::Path&) {
      if (operation != DiskOperation::read && left_ > 0) --left_;
      return left_ > 0 ? std::error_code{} : std::make_error_code(std::errc::io_error);
    });
  }

  /// Changes things until the power goes, and looks what is there. Says what is wrong; empty:
  /// nothing.
  std::string live() {
    // Few operations reach only the opening, many several turns of the log.
    left_ = random_.between(1, random_.is_one_in(3) ? 60 : 1'500);
    try {
      while (left_ > 0) work(random_.between(1, 60));  // closed and opened again in between
    } catch (const StoreError&) {
      // The power is gone.
    }
    const bool was_cut = left_ == 0;
    disk_.cut_power();
    disk_.restore_power();
    left_ = kEndless;
    if (!was_cut) return "a change failed while there was power";
    try {
      return check();
    } catch (const StoreError& error) {
      return std::string("cannot be opened: ") + error.what();
    }
  }

  std::size_t changes() const { return changes_; }

 private:
  static constexpr std::size_t kEndless = ~std::size_t{0};

  void work(std::size_t changes) {
    ConfigStore config(config_path_, vault_, clock_, ids_);
    DeliveryStore deliveries(deliveries_path_, vault_, clock_);
    organisation(config);
    // What the checkpointer's thread does, at moments that the seed chooses: the logs stay so short
    // that the thread itself sleeps.
    Database config_log(config_path_, Database::Use::write);
    Database deliveries_log(deliveries_path_, Database::Use::write);
    for (std::size_t i = 0; i < changes; ++i) {
      if (random_.is_one_in(8)) config_log.checkpoint();
      if (random_.is_one_in(8)) deliveries_log.checkpoint();
      change(config, deliveries);
      known_ = after_;  // acknowledged
      ++changes_;
    }
  }

  /// One change that is to be durable when it returns; after_ is what it leads to.
  void change(ConfigStore& config, DeliveryStore& deliveries) {
    after_ = known_;
    switch (random_.below(6)) {
      case 0: return make_webhook(config);
      case 1: return describe_webhook(config);
      case 2: return erase_webhook(config);
      case 3: return make_key(config);
      case 4: return revoke_key(config);
      default: return note_retries(deliveries);
    }
  }

  void make_webhook(ConfigStore& config) {
    const std::string name = next_name();
    after_.webhooks[name] = text();
    domain::WebhookDraft draft = draft_of(name);
    draft.description = after_.webhooks[name];
    config.webhooks().create(*organisation_, draft);
  }

  void describe_webhook(ConfigStore& config) {
    if (known_.webhooks.empty()) return;
    const std::string name = any_of(known_.webhooks);
    after_.webhooks[name] = text();
    domain::WebhookDraft draft = draft_of(name);
    draft.description = after_.webhooks[name];
    config.webhooks().replace(*organisation_, id_of(config, name), draft);
  }

  void erase_webhook(ConfigStore& config) {
    if (known_.webhooks.empty()) return;
    const std::string name = any_of(known_.webhooks);
    after_.webhooks.erase(name);
    config.webhooks().erase(*organisation_, id_of(config, name));
  }

  void make_key(ConfigStore& config) {
    const std::string name = next_name();
    after_.keys[name] = false;
    config.api_keys().create(*organisation_, name, {}, std::nullopt);
  }

  void revoke_key(ConfigStore& config) {
    if (known_.keys.empty()) return;
    const std::string name = any_of(known_.keys);
    after_.keys[name] = true;
    for (const domain::ApiKey& key : config.api_keys().list(*organisation_))
      if (key.name == name) config.api_keys().revoke(*organisation_, key.number);
  }

  /// Many at once: all of them or none.
  void note_retries(DeliveryStore& deliveries) {
    std::vector<DeliveryChange> changes;
    for (std::size_t i = random_.between(1, 40); i > 0; --i) {
      const std::uint64_t first = random_.between(1, 300);
      if (after_.retries.contains(first) && random_.is_one_in(2)) {
        after_.retries.erase(first);
        changes.push_back(EndedDelivery{kChannel, first});
        continue;
      }
      Retry retry;
      retry.webhook = 1;
      retry.channel = kChannel;
      retry.events = {first};
      retry.attempts = ++after_.retries[first];
      retry.due_at = clock_.now();
      retry.last_error = text();
      changes.push_back(retry);
    }
    deliveries.write(changes);
  }

  std::string check() {
    ConfigStore config(config_path_, vault_, clock_, ids_);
    DeliveryStore deliveries(deliveries_path_, vault_, clock_);
    for (const std::string& path : {config_path_, deliveries_path_}) {
      Database database(path, Database::Use::read);
      Statement row = database.prepare("PRAGMA integrity_check");
      if (!row.step() || row.text(0) != "ok") return path + ": " + std::string(row.text(0));
    }
    const bool had_organisation = organisation_.has_value();
    const auto found = config.organisations().find_by_name("acme");
    if (had_organisation && !found) return "the organisation is gone";
    if (!found) return "";
    const State state = state_of(config, deliveries, found->number);
    if (state != known_ && state != after_) return difference(state);
    known_ = after_ = state;
    return "";
  }

  static State state_of(ConfigStore& config, DeliveryStore& deliveries,
                        std::uint32_t organisation) {
    State state;
    const auto page = config.webhooks().list(organisation, {}, {.limit = 100'000});
    for (const domain::Webhook& webhook : std::get<WebhookPage>(page).rows)
      state.webhooks[webhook.draft.name] = webhook.draft.description.value_or("");
    for (const domain::ApiKey& key : config.api_keys().list(organisation))
      state.keys[key.name] = key.revoked_at.has_value();
    for (const Retry& retry : deliveries.retries().by_sequence(kChannel, 0, 100'000))
      state.retries[retry.events.front()] = retry.attempts;
    return state;
  }

  std::string difference(const State& state) const {
    const auto part = [](const char* name, const auto& found, const auto& known) {
      return found == known ? std::string{}
                            : std::string(name) + ": " + std::to_string(found.size()) +
                                  " are there, " + std::to_string(known.size()) +
                                  " were acknowledged; ";
    };
    return "what is there is neither what was acknowledged nor that with the last change: " +
           part("webhooks", state.webhooks, known_.webhooks) +
           part("keys", state.keys, known_.keys) + part("retries", state.retries, known_.retries);
  }

  void organisation(ConfigStore& config) {
    if (organisation_) return;
    auto found = config.organisations().find_by_name("acme");
    if (!found) found = config.organisations().create("acme");
    organisation_ = found->number;
  }

  std::string id_of(ConfigStore& config, const std::string& name) const {
    return config.webhooks().ids_by_name(*organisation_, name).at(0);
  }
  template <class Value>
  std::string any_of(const std::map<std::string, Value>& map) {
    return std::next(map.begin(), static_cast<std::ptrdiff_t>(random_.below(map.size())))->first;
  }
  std::string next_name() { return "n" + std::to_string(++names_); }
  /// Now and then longer than a page.
  std::string text() {
    return std::string(random_.is_one_in(10) ? random_.below(9'000) : random_.below(200), 't');
  }

  testkit::TemporaryDirectory directory_{testkit::memory_path()};
  testkit::Random random_;
  SimulatedDisk disk_;
  SimulatedVfs vfs_;
  testkit::ManualClock clock_;
  testkit::SeededRandom ids_;
  base::Vault vault_{test_key()};
  const std::string config_path_ = directory_ / "config.db";
  const std::string deliveries_path_ = directory_ / "deliveries.db";
  std::size_t left_ = kEndless;  // operations until the power goes
  std::optional<std::uint32_t> organisation_;
  State known_;  // acknowledged
  State after_;  // and with the change that is under way
  std::size_t names_ = 0;
  std::size_t changes_ = 0;
};

constexpr int kRuns = 20;
constexpr int kLives = 12;

/// Several runs, each of many lives; says what was wrong first.
std::string cut_again_and_again(std::uint64_t seed, SimulatedVfs::Syncs syncs) {
  std::size_t changes = 0;
  for (int i = 0; i < kRuns; ++i) {
    StoreRun run(seed + static_cast<std::uint64_t>(i), syncs);
    for (int life = 0; life < kLives; ++life) {
      const std::string wrong = run.live();
      if (!wrong.empty())
        return "run " + std::to_string(i) + ", life " + std::to_string(life) + ": " + wrong;
    }
    changes += run.changes();
  }
  // Otherwise the power went before there was anything to lose.
  return changes > 1'000 ? "" : "only " + std::to_string(changes) + " changes";
}

TEST(StorePowerCut, LosesNoChangeThatWasAcknowledgedAndTearsNone) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  EXPECT_EQ(cut_again_and_again(seed, SimulatedVfs::Syncs::are_done), "");
}

TEST(StorePowerCut, IsRepeatedByItsSeed) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  const auto lives = [seed] {
    StoreRun run(seed, SimulatedVfs::Syncs::are_done);
    std::vector<std::size_t> changes;
    for (int life = 0; life < kLives; ++life) {
      EXPECT_EQ(run.live(), "");
      changes.push_back(run.changes());
    }
    return changes;
  };
  EXPECT_EQ(lives(), lives());
}

/// That the disk is cruel enough: without its syncs the same run must fail.
TEST(StorePowerCut, IsNoticedWhereSyncsAreLeftOut) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  EXPECT_NE(cut_again_and_again(seed, SimulatedVfs::Syncs::are_left_out), "");
}

}  // namespace
}  // namespace sluice::store

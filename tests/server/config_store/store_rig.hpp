// A ConfigStore in a directory of its own, and drafts to put into it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config_store/config_store.hpp"
#include "domain/secret.hpp"
#include "tests/server/support/manual_clock.hpp"
#include "tests/server/support/seeded_random.hpp"
#include "tests/server/support/temporary_directory.hpp"

namespace sluice::store {

inline base::Vault::Key test_key(unsigned char fill = 7) {
  base::Vault::Key key;
  key.fill(std::byte{fill});
  return key;
}

inline domain::Channel webhook_channel(const std::string& url, const std::string& secret = "") {
  domain::Channel channel;
  channel.kind = domain::ChannelKind::webhook;
  channel.configs = {{"url", url}, {"timeout", 10}};
  if (!secret.empty()) channel.configs["secret"] = secret;
  return channel;
}

inline domain::Channel slack_channel(const std::string& url) {
  domain::Channel channel;
  channel.kind = domain::ChannelKind::slack;
  channel.configs = {{"webhook_url", url}};
  return channel;
}

inline domain::WebhookDraft draft_of(const std::string& name,
                                     std::vector<std::string> event_types = {"object.created"}) {
  domain::WebhookDraft draft;
  draft.name = name;
  draft.event_types = std::move(event_types);
  draft.channels = {webhook_channel("https://example.com/" + name, "whsec_" + name)};
  return draft;
}

struct StoreRig {
  testkit::TemporaryDirectory directory{testkit::memory_path()};
  testkit::ManualClock clock;
  testkit::SeededRandom random;
  base::Vault vault{test_key()};
  std::string path = directory / "config.db";
  std::optional<ConfigStore> store{std::in_place, path, vault, clock, random};

  /// As a process that starts anew does.
  void reopen() {
    store.reset();
    store.emplace(path, vault, clock, random);
  }
  std::uint32_t make_organisation(const std::string& name = "acme") {
    return store->organisations().create(name)->number;
  }
};

}  // namespace sluice::store

// Puts many webhooks into a data directory that no service holds, in a few transactions: what the
// API would do to the database, in seconds instead of minutes.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/vault.hpp"
#include "config_store/config_store.hpp"
#include "config_store/data_dir.hpp"
#include "config_store/webhook_rows.hpp"

namespace {

namespace json = boost::json;
namespace store = sluice::store;
namespace domain = sluice::domain;

constexpr std::size_t kOfTransaction = 100'000;

struct FillOptions {
  std::string data_dir;
  std::size_t webhooks = 100'000;
  std::size_t organisations = 1;
  std::string patterns;  // a file, a pattern a line
  std::string url = "https://example.com/hook";
  std::string configs = "{}";
  std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
};

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty()) throw std::runtime_error(path + ": holds no pattern");
  return lines;
}

/// `default` first, which is there if it has a key already.
std::vector<std::uint32_t> make_organisations(store::Organisations& organisations,
                                              std::size_t count) {
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = i == 0 ? "default" : "organisation-" + std::to_string(i);
    auto found = organisations.find_by_name(name);
    if (!found) found = organisations.create(name);
    numbers.push_back(found.value().number);
  }
  return numbers;
}

domain::Webhook make_webhook(const FillOptions& options, const json::object& configs,
                             std::size_t number, const std::string& pattern) {
  domain::Webhook webhook;
  std::string digits = std::to_string(number);
  digits.insert(0, 10 - digits.size(), '0');
  webhook.webhook_id = "wh_" + digits;
  webhook.draft.name = "webhook " + std::to_string(number);
  webhook.draft.event_types = {pattern};
  domain::Channel& channel = webhook.draft.channels.emplace_back();
  channel.kind = domain::ChannelKind::webhook;
  channel.configs = {{"url", options.url}, {"timeout", 10}, {"secret", options.secret}};
  for (const auto& setting : configs)
    channel.configs.insert_or_assign(setting.key(), setting.value());
  // A path of its own for each, under which receivers know the webhook.
  channel.configs["url"] = std::string(channel.configs["url"].as_string()) + "/" +
                           (number % 2 == 0 ? "even/" : "odd/") + digits;
  return webhook;
}

void fill(const FillOptions& options) {
  const sluice::base::SystemClock clock;
  sluice::base::SystemRandom random;
  const store::DataDir directory(options.data_dir);
  const auto lock = directory.lock_for_server();
  const auto vault = sluice::base::Vault::from_file(directory.master_key());
  store::ConfigStore config(directory.config(), vault, clock, random);
  const auto organisations = make_organisations(config.organisations(), options.organisations);
  const std::vector<std::string> patterns = lines_of(options.patterns);
  const json::object configs = json::parse(options.configs).as_object();

  store::Database database(directory.config(), store::Database::Use::write);
  store::WebhookRows rows(database, vault);
  for (std::size_t next = 0; next < options.webhooks;) {
    store::Transaction transaction(database, store::Transaction::Kind::write);
    const std::size_t end = std::min(options.webhooks, next + kOfTransaction);
    for (; next != end; ++next) {
      auto webhook = make_webhook(options, configs, next, patterns[next % patterns.size()]);
      webhook.organisation = organisations[next % organisations.size()];
      webhook.created_at = webhook.updated_at = clock.now();
      rows.insert(webhook);
    }
    transaction.commit();
  }
}

}  // namespace

int main(int argc, char** argv) {
  FillOptions options;
  CLI::App app{"Puts webhooks into a data directory that no service holds"};
  app.add_option("--data-dir", options.data_dir)->required();
  app.add_option("--webhooks", options.webhooks);
  app.add_option("--organisations", options.organisations, "that take them by turns");
  app.add_option("--patterns", options.patterns, "a file; its lines are taken by turns")->required();
  app.add_option("--url", options.url, "/even/ or /odd/ and a number are added");
  app.add_option("--configs", options.configs, "JSON: more settings of each channel");
  app.add_option("--secret", options.secret);
  CLI11_PARSE(app, argc, argv);
  try {
    fill(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice_webhook_filler: %s\n", error.what());
    return 1;
  }
  return 0;
}

#include "keys_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <cstdio>
#include <filesystem>

#include "config_store/config_store.hpp"
#include "config_store/data_dir.hpp"
#include "environment.hpp"
#include "settings/setting_value.hpp"

namespace sluice::tool {
namespace {

namespace json = boost::json;

constexpr const char* kNotes =
    R"(The text of a key is shown when it is made and never again. It goes to standard output alone, what
else there is to say to standard error.

Examples:
  sluice keys create --organization acme --name ci --permissions write --expires 90d
  SLUICE_API_KEY=$(sluice keys create --organization acme --permissions admin)
  sluice keys list --organization acme
  sluice keys revoke --organization acme sk_Ab3dE

A running server takes a new key at once and refuses a revoked one within a second. With --new a key can
be there before the service is started for the first time; the first start then prints none.

)";

constexpr std::size_t kLongestName = 200;

/// An open store, and what it stands on.
struct OpenStore {
  explicit OpenStore(const store::DataDir& data)
      : vault(base::Vault::from_file(data.master_key())),
        store(data.config(), vault, clock, random) {}

  base::SystemClock clock;
  base::SystemRandom random;
  base::Vault vault;
  store::ConfigStore store;
};

/// A key in a directory that no service serves would open nothing, so none is made by mistake.
store::DataDir existing(const std::string& path) {
  if (!std::filesystem::exists(std::filesystem::path(path) / "config.db"))
    throw Failure(ExitCode::bad_usage,
                  "there is no data of a service in " + path + "; say where it is with --data-dir");
  return store::DataDir(path);
}

void check_name(const char* option, const std::string& name) {
  const bool is_printable =
      std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (name.empty() || name.size() > kLongestName || !is_printable)
    throw Failure(ExitCode::bad_usage,
                  std::string(option) + ": expected 1 to 200 bytes without control characters");
}

domain::PermissionSet read_permissions(const std::string& text) {
  const auto permissions = domain::PermissionSet::parse(text);
  if (permissions) return *permissions;
  throw Failure(ExitCode::bad_usage,
                "--permissions: expected one or more of ingest, read, write, delete, admin, "
                "separated by commas");
}

std::optional<base::Time> read_expiry(const std::string& text, base::Time now) {
  if (text.empty()) return std::nullopt;
  constexpr std::uint64_t kLongest = std::uint64_t{100} * 365 * 24 * 3600;
  const auto seconds = parse_number(text, NumberField::Unit::seconds);
  if (!seconds || *seconds == 0 || *seconds > kLongest)
    throw Failure(ExitCode::bad_usage, "--expires: expected a duration such as 12h or 30d");
  return now + std::chrono::seconds{*seconds};
}

std::string time_text(const std::optional<base::Time>& time, const char* otherwise) {
  return time ? base::to_iso8601(*time) : otherwise;
}

json::value time_value(const std::optional<base::Time>& time) {
  return time ? json::value(base::to_iso8601(*time)) : json::value(nullptr);
}

json::object describe(const domain::ApiKey& key, const std::string& organization) {
  json::array permissions;
  for (const domain::Permission each : key.permissions.granted())
    permissions.emplace_back(domain::to_text(each));
  return {{"number", key.number},
          {"organization", organization},
          {"name", key.name},
          {"prefix", key.prefix},
          {"permissions", std::move(permissions)},
          {"created_at", base::to_iso8601(key.created_at)},
          {"expires_at", time_value(key.expires_at)},
          {"revoked_at", time_value(key.revoked_at)}};
}

void print(const json::object& object) { std::puts(json::serialize(object).c_str()); }

const char* state_of(const domain::ApiKey& key, base::Time now) {
  if (key.revoked_at) return "revoked";
  return key.is_valid_at(now) ? "valid" : "expired";
}

domain::Organisation find_organization(store::ConfigStore& store, const std::string& name) {
  const auto organisation = store.organisations().find_by_name(name);
  if (organisation) return *organisation;
  throw Failure(ExitCode::bad_usage, "there is no organization " + name);
}

/// By its text, its number or its prefix.
std::variant<domain::ApiKey, store::ApiKeys::RevokeError> revoke_key(store::ApiKeys& keys,
                                                                     std::uint32_t organisation,
                                                                     const std::string& key) {
  if (domain::is_api_key(key)) {
    const auto found = keys.find_by_digest(base::sha256(key));
    if (!found) return store::ApiKeys::RevokeError::not_found;
    return keys.revoke(organisation, found->number);
  }
  const bool is_number =
      !key.empty() && key.size() < 10 &&
      std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (is_number) return keys.revoke(organisation, static_cast<std::uint32_t>(std::stoul(key)));
  return keys.revoke(organisation, std::string_view(key));
}

}  // namespace

CLI::App* KeysCommand::add_action(CLI::App& parent, Action action, const char* word,
                                  const char* sentence) {
  CLI::App* app = parent.add_subcommand(word, sentence);
  app->add_option("--data-dir", data_dir,
                  "Directory of the service (default SLUICE_DATA_DIR, or else ./sluice-data)")
      ->option_text("DIR");
  app->add_option("--organization", organization, "Whose keys")->required()->option_text("NAME");
  app->add_flag("--json", is_json, "One JSON object a line, on standard output");
  app->callback([this, action] { action_ = action; });
  return app;
}

CLI::App* KeysCommand::add_to(CLI::App& app) {
  CLI::App* keys = app.add_subcommand("keys", "Manage API keys in a data directory");
  keys->require_subcommand(1);
  CLI::App* create = add_action(*keys, Action::create, "create",
                                "Make a key, and the organization if there is none of that name");
  create->add_option("--name", name, "What the key is for (default cli)")->option_text("NAME");
  create
      ->add_option("--permissions", permissions,
                   "Of ingest, read, write, delete, admin, separated by commas (default "
                   "read,ingest); read, write, delete and admin each include those before them, "
                   "write includes ingest")
      ->option_text("LIST");
  create->add_option("--expires", expires, "After which time, as in 12h or 30d (default never)")
      ->option_text("DURATION");
  create->add_flag("--new", may_be_new, "Make the data directory if there is none");
  add_action(*keys, Action::list, "list", "List keys, newest first");
  add_action(*keys, Action::revoke, "revoke", "End a key for all time")
      ->add_option("key", key, "Its number, the beginning that `list` shows, or its text")
      ->required()
      ->option_text("KEY");
  keys->footer(std::string(kNotes) + kExitCodes);
  return keys;
}

std::string KeysCommand::directory() const {
  return given_or_environment(data_dir, "SLUICE_DATA_DIR", "./sluice-data");
}

ExitCode KeysCommand::create() const {
  check_name("--organization", organization);
  check_name("--name", name);
  const domain::PermissionSet granted = read_permissions(permissions);
  const base::SystemClock clock;
  const std::optional<base::Time> expiry = read_expiry(expires, clock.now());

  OpenStore open{may_be_new ? store::DataDir(directory()) : existing(directory())};
  auto organisation = open.store.organisations().create(organization);
  const bool is_new = organisation.has_value();
  if (!is_new) organisation = find_organization(open.store, organization);
  const store::CreatedKey made =
      open.store.api_keys().create(organisation->number, name, granted, expiry);
  if (is_json) {
    json::object object = describe(made.key, organization);
    object["key"] = made.text;
    object["organization_created"] = is_new;
    print(object);
    return ExitCode::ok;
  }
  if (is_new) std::fprintf(stderr, "Created the organization %s.\n", organization.c_str());
  std::fprintf(stderr, "Created key %u of %s, \"%s\", for %s; it expires %s. Keep it now:\n",
               made.key.number, organization.c_str(), name.c_str(),
               domain::to_text(granted).c_str(), time_text(expiry, "never").c_str());
  std::puts(made.text.c_str());
  return ExitCode::ok;
}

ExitCode KeysCommand::list() const {
  OpenStore open{existing(directory())};
  const domain::Organisation organisation = find_organization(open.store, organization);
  for (const domain::ApiKey& each : open.store.api_keys().list(organisation.number)) {
    if (is_json) {
      print(describe(each, organization));
      continue;
    }
    std::printf("%u  %s...  %-7s  %s  expires %s  %s\n", each.number, each.prefix.c_str(),
                state_of(each, open.clock.now()), domain::to_text(each.permissions).c_str(),
                time_text(each.expires_at, "never").c_str(),
                json::serialize(json::string(each.name)).c_str());
  }
  return ExitCode::ok;
}

ExitCode KeysCommand::revoke() const {
  OpenStore open{existing(directory())};
  const domain::Organisation organisation = find_organization(open.store, organization);
  const auto revoked = revoke_key(open.store.api_keys(), organisation.number, key);
  if (const auto* error = std::get_if<store::ApiKeys::RevokeError>(&revoked)) {
    const bool is_ambiguous = *error == store::ApiKeys::RevokeError::ambiguous;
    throw Failure(ExitCode::bad_usage, is_ambiguous ? "several keys of " + organization +
                                                          " begin like that; give the number"
                                                    : organization + " has no such key");
  }
  const auto& ended = std::get<domain::ApiKey>(revoked);
  if (is_json)
    print(describe(ended, organization));
  else
    std::printf("Key %u (%s...) of %s is revoked since %s.\n", ended.number, ended.prefix.c_str(),
                organization.c_str(), time_text(ended.revoked_at, "now").c_str());
  return ExitCode::ok;
}

ExitCode KeysCommand::run() const {
  switch (action_) {
    case Action::create: return create();
    case Action::list: return list();
    case Action::revoke: return revoke();
  }
  return ExitCode::bad_usage;
}

}  // namespace sluice::tool

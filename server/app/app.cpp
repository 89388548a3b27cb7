#include "app/app.hpp"

#include <exception>

#include "api/authenticator.hpp"
#include "api/console_api.hpp"
#include "api/deliveries_api.hpp"
#include "api/event_receiver.hpp"
#include "api/event_types_api.hpp"
#include "api/events_api.hpp"
#include "api/keys_api.hpp"
#include "api/overview_api.hpp"
#include "api/service.hpp"
#include "api/status_api.hpp"
#include "api/webhook_publisher.hpp"
#include "api/webhooks_api.hpp"
#include "app/backlog_watch.hpp"
#include "app/delivery_thread.hpp"
#include "app/listener.hpp"
#include "app/part_options.hpp"
#include "app/periodic.hpp"
#include "base/clock.hpp"
#include "base/descriptor_limit.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/refreshed.hpp"
#include "base/vault.hpp"
#include "config_store/config_store.hpp"
#include "config_store/data_dir.hpp"
#include "config_store/delivery_store.hpp"
#include "delivery/egress_guard.hpp"
#include "domain/catalogue.hpp"
#include "http/server.hpp"
#include "ingest/event_intake.hpp"
#include "journal/journal.hpp"
#include "metrics/exposition.hpp"
#include "sluice/matcher.hpp"

namespace sluice::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kBacklogWatch{1000};
constexpr milliseconds kKeyWatch{250};  // a key that another process revokes ends within a second

void set_up_log(const Settings& settings) {
  base::set_log_format(settings.log_format == "json" ? base::LogFormat::json
                                                     : base::LogFormat::text);
  const std::string& level = settings.log_level;
  base::set_log_level(level == "debug"     ? base::LogLevel::debug
                      : level == "warning" ? base::LogLevel::warning
                      : level == "error"   ? base::LogLevel::error
                                           : base::LogLevel::info);
}

}  // namespace

/// In the order in which they are built; they end in the opposite one.
class App::Parts {
 public:
  explicit Parts(const Settings& given)
      : settings(given),
        descriptors(descriptor_shares(settings)),
        listener(listener_options(settings, descriptors.served)),
        data_dir(settings.data_dir),
        lock(data_dir.lock_for_server()),
        vault(base::Vault::from_file(data_dir.master_key())),
        config(data_dir.config(), vault, clock, random),
        deliveries(data_dir.deliveries(), vault, clock, delivery_retention(settings)),
        catalogue(load_catalogue(settings)),
        egress({.allow = settings.egress_allow}),
        matcher(seeded(random)),
        journal(journal_options(settings, data_dir), clock, random),
        delivery({.settings = settings,
                  .data_directory = settings.data_dir,
                  .clock = clock,
                  .random = random,
                  .journal = journal,
                  .webhooks = config.webhooks(),
                  .deliveries = deliveries,
                  .egress = egress,
                  .catalogue = catalogue,
                  .connections = descriptors.delivered,
                  .webhook_disabled = [this](std::uint32_t number) { unpublish(number); }}),
        publisher(
            matcher,
            [this](std::uint32_t number) { delivery.control().webhook_changed(number); },
            [this](std::uint32_t number) { forget(number); }),
        sink(journal),
        intake(matcher, sink, clock, intake_options(settings)),
        authenticator(config.api_keys(), clock),
        webhooks(config.webhooks(), publisher, catalogue, egress, random),
        keys(config.api_keys(), authenticator),
        events(journal, catalogue),
        deliveries_api(webhooks, config.webhooks(), deliveries.attempts(), publisher,
                       delivery.control(), random),
        event_types(catalogue, matcher, config.webhooks()),
        overview(config.organisations(), traffic, delivery.control(), clock),
        status({.obstacle = [this] { return obstacle(); },
                .metrics = [this] { return *metrics_text.get(); },
                .shows_metrics_to_all = settings.metrics_access == "open"}),
        receivers(intake, traffic),
        service(routes(), authenticator, receivers, clock, service_limits(settings)),
        server(listener, service, clock) {
    if (config.organisations().list().empty()) make_first_key();
    const std::size_t loaded = publisher.load(config.webhooks());
    base::log_info("ready to serve", {{"webhooks", loaded},
                                      {"data_dir", settings.data_dir},
                                      {"durability", settings.durability}});
  }

  void make_first_key() {
    const auto organisation = config.organisations().create("default");
    if (!organisation) return;  // another process was faster
    const auto created = config.api_keys().create(organisation->number, "first key",
                                                  {domain::Permission::admin}, std::nullopt);
    first_key = FirstKey{organisation->name, created.text};
  }

  /// Delivery has disabled a webhook in the store.
  void unpublish(std::uint32_t number) {
    try {
      webhooks.republish(number);
    } catch (const std::exception& error) {
      base::log_error("a disabled webhook could not be withdrawn",
                      {{"webhook_number", number}, {"error", error.what()}});
    }
  }

  /// A webhook is gone: what it is owed is cancelled, and its log ends.
  void forget(std::uint32_t number) {
    delivery.control().webhook_removed(number);
    deliveries.forget(number);
  }

  std::string obstacle() const {
    if (const std::error_code refusal = journal.refusal())
      return "the journal cannot be written: " + refusal.message();
    return "";
  }

  metrics::Snapshot snapshot() {
    return {.version = SLUICE_VERSION,
            .events = traffic.intake(),
            .matcher = matcher.stats(),
            .journal = journal.stats(),
            .backlog_limit_bytes = settings.journal_backlog_bytes,
            .http = server.stats(),
            .route_names = service.route_names(),
            .delivery = delivery.control().stats(),
            .process = metrics::process_stats()};
  }

  api::Routes routes() {
    api::Routes all;
    webhooks.add_to(all);
    keys.add_to(all);
    events.add_to(all);
    deliveries_api.add_to(all);
    event_types.add_to(all);
    overview.add_to(all);
    status.add_to(all);
    if (settings.console == "on") api::ConsoleApi{}.add_to(all);
    return all;
  }

  const Settings settings;
  const base::DescriptorShares descriptors;
  const http::ServerOptions listener;  // early, so that a wrong setting is told before recovery
  base::SystemClock clock;
  base::SystemRandom random;
  store::DataDir data_dir;
  base::FileDescriptor lock;
  base::Vault vault;
  store::ConfigStore config;
  store::DeliveryStore deliveries;
  domain::Catalogue catalogue;
  delivery::EgressGuard egress;
  domain::Traffic traffic;
  Matcher matcher;
  journal::Journal journal;
  DeliveryThread delivery;
  api::WebhookPublisher publisher;
  ingest::JournalSink sink;
  ingest::EventIntake intake;
  api::Authenticator authenticator;
  api::WebhooksApi webhooks;
  api::KeysApi keys;
  api::EventsApi events;
  api::DeliveriesApi deliveries_api;
  api::EventTypesApi event_types;
  api::OverviewApi overview;
  base::Refreshed<std::string> metrics_text{clock, seconds{1},
                                            [this] { return metrics::exposition(snapshot()); }};
  api::StatusApi status;
  api::EventReceivers receivers;
  api::Service service;
  http::Server server;
  BacklogWatch backlog{{.clock = clock,
                        .journal = journal,
                        .limit_bytes = settings.journal_backlog_bytes,
                        .delivery = delivery.control(),
                        .webhooks = config.webhooks(),
                        .organisations = config.organisations()}};
  std::optional<Periodic> backlog_watch;
  std::optional<Periodic> key_watch;
  std::optional<FirstKey> first_key;
};

App::App(const Settings& settings) {
  set_up_log(settings);
  parts_ = std::make_unique<Parts>(settings);
}

App::~App() { stop(); }

const std::optional<FirstKey>& App::first_key() const noexcept { return parts_->first_key; }

void App::start() {
  parts_->key_watch.emplace(kKeyWatch, [this] {
    try {
      parts_->authenticator.refresh();
    } catch (const std::exception& error) {
      base::log_error("changed keys could not be looked for", {{"error", error.what()}});
    }
  });
  parts_->delivery.start();
  parts_->backlog_watch.emplace(kBacklogWatch, [this] { parts_->backlog.look(); });
  parts_->server.start();
}

std::string App::url() const {
  return (has_tls(parts_->settings) ? "https://" : "http://") + parts_->server.address();
}

void App::reload(const Settings& settings) {
  set_up_log(settings);
  const bool keeps_tls = has_tls(parts_->settings) && has_tls(settings);
  if (keeps_tls) reload_tls(parts_->server, settings);
  for (const Setting* setting : changed_settings(parts_->settings, settings)) {
    const bool is_taken_over =
        setting->name.starts_with("log.") || (keeps_tls && setting->name.starts_with("tls."));
    if (!is_taken_over)
      base::log_warning("a changed setting waits for the next start", {{"setting", setting->name}});
  }
  base::log_info("settings were read again", {{"log_level", settings.log_level}});
}

void App::stop() {
  const seconds patience{parts_->settings.shutdown_timeout};
  parts_->server.stop(patience);
  parts_->backlog_watch.reset();
  parts_->delivery.stop(patience);
  parts_->service.stop();
  parts_->key_watch.reset();
}

}  // namespace sluice::app

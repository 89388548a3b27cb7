// Delivery with everything that it stands on, and the one thread that it runs on.
//
// Roles:      the journal's writer announces commits; the delivery thread takes the announcement back.
// Invariants: while an announcement is under way, no second one is posted.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "config_store/delivery_store.hpp"
#include "config_store/webhooks.hpp"
#include "delivery/channels/channel_sender.hpp"
#include "delivery/channels/smtp_mailer.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/egress_guard.hpp"
#include "delivery/event_loop.hpp"
#include "delivery/http_client.hpp"
#include "delivery/production/delivery_control.hpp"
#include "delivery/production/journal_events.hpp"
#include "delivery/production/ledger_thread.hpp"
#include "delivery/production/progress_file.hpp"
#include "delivery/production/store_targets.hpp"
#include "delivery/production/stored_records.hpp"
#include "delivery/resolver.hpp"
#include "delivery/tls_context.hpp"
#include "domain/catalogue.hpp"
#include "journal/journal.hpp"
#include "settings/settings.hpp"

namespace sluice::app {

/// What delivery is given. Everything outlives it.
struct DeliveryParts {
  const Settings& settings;
  const std::string& data_directory;
  const base::Clock& clock;
  base::Random& random;
  journal::Journal& journal;
  store::Webhooks& webhooks;
  store::DeliveryStore& deliveries;
  const delivery::EgressGuard& egress;
  const domain::Catalogue& catalogue;
  std::size_t connections;  // to receivers, at most
  /// A webhook was disabled, and this is written: on the delivery thread.
  std::function<void(std::uint32_t webhook)> webhook_disabled;
};

/// Thread safety: as said. Errors of the constructor: std::exception, whose text says what to do.
class DeliveryThread {
 public:
  explicit DeliveryThread(const DeliveryParts& parts);
  ~DeliveryThread();  // as stop() without patience
  DeliveryThread(const DeliveryThread&) = delete;
  DeliveryThread& operator=(const DeliveryThread&) = delete;

  /// Recovers what is owed, and begins to deliver.
  void start();
  /// Sends nothing new, waits up to `patience` for what is on its way, writes what it knows.
  void stop(std::chrono::milliseconds patience);

  /// Thread safety: any thread but the delivery thread.
  delivery::DeliveryControl& control() noexcept { return control_; }

 private:
  void announce();

  journal::Journal& journal_;
  delivery::EventLoop loop_;
  delivery::Resolver resolver_;
  delivery::TlsContext tls_;
  delivery::HttpClient client_;
  delivery::SmtpMailer mailer_;
  delivery::ChannelSender sender_;
  delivery::JournalEvents events_;
  delivery::ProgressFile progress_;
  delivery::StoreTargets targets_;
  delivery::StoredRecords records_;
  delivery::LedgerThread ledger_;
  const delivery::DeliveryIds::Secret id_secret_;
  delivery::Dispatcher dispatcher_;
  delivery::DeliveryControl control_;
  std::atomic<bool> is_announced_{false};  // the journal's writer sets it, the delivery thread clears
  std::jthread thread_;  // last: it uses what is above
};

}  // namespace sluice::app

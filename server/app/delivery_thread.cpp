#include "app/delivery_thread.hpp"

#include <algorithm>
#include <filesystem>
#include <future>
#include <stdexcept>

#include "base/key_file.hpp"

namespace sluice::app {
namespace {

/// What can be told before anything is resolved is told at the start, by the setting's name.
void refuse(std::string_view setting, const std::string& why) {
  throw std::invalid_argument(std::string{setting} + ": " + why +
                              " (egress.allow lists what is allowed all the same)");
}

delivery::SmtpRelay relay_of(const Settings& settings, const delivery::EgressGuard& egress) {
  if (!settings.smtp_url.empty()) {
    const auto found = delivery::find_relay(settings.smtp_url, egress);
    if (const auto* why = std::get_if<std::string>(&found)) refuse("smtp.url", *why);
  }
  return {.url = settings.smtp_url,
          .username = settings.smtp_username,
          .password = settings.smtp_password,
          .from = settings.smtp_from,
          .ca_file = settings.smtp_ca_file,
          .is_tls_required = settings.smtp_tls == "required"};
}

const std::string& slack_api_of(const Settings& settings, const delivery::EgressGuard& egress) {
  if (const auto why = egress.refuse(settings.slack_api)) refuse("slack.api", *why);
  return settings.slack_api;
}

delivery::SmsProvider provider_of(const Settings& settings, const delivery::EgressGuard& egress) {
  if (!settings.sms_base_url.empty())
    if (const auto why = egress.refuse(settings.sms_base_url)) refuse("sms.base_url", *why);
  return {.base_url = settings.sms_base_url,
          .account = settings.sms_account,
          .token = settings.sms_token,
          .from = settings.sms_from};
}

delivery::HttpClientOptions client_options(std::size_t connections) {
  delivery::HttpClientOptions options;
  options.connections = connections;
  return options;
}

/// Names of deliveries stay the same over restarts, so what they are made with is kept.
delivery::DeliveryIds::Secret id_secret(const std::string& directory) {
  const base::Vault::Key key =
      base::read_or_create_key(std::filesystem::path(directory) / "delivery_ids.key");
  delivery::DeliveryIds::Secret secret;
  std::copy_n(key.begin(), secret.size(), secret.begin());
  return secret;
}

}  // namespace

DeliveryThread::DeliveryThread(const DeliveryParts& parts)
    : journal_(parts.journal),
      tls_({.extra_ca_file = parts.settings.delivery_ca_file}),
      client_(loop_, parts.egress, resolver_, tls_, client_options(parts.connections)),
      mailer_(relay_of(parts.settings, parts.egress), parts.egress, resolver_),
      sender_(loop_, client_, mailer_, parts.catalogue,
              slack_api_of(parts.settings, parts.egress),
              provider_of(parts.settings, parts.egress)),
      events_(parts.journal),
      progress_(std::filesystem::path(parts.data_directory) / "progress.log"),
      targets_(parts.webhooks, loop_),
      records_(parts.deliveries, parts.webhooks),
      ledger_(records_, loop_, parts.clock),
      id_secret_(id_secret(parts.data_directory)),
      dispatcher_({.loop = loop_,
                   .clock = parts.clock,
                   .random = parts.random,
                   .sender = sender_,
                   .events = events_,
                   .progress = progress_,
                   .ledger = ledger_,
                   .targets = targets_,
                   .id_secret = id_secret_,
                   .webhook_disabled = parts.webhook_disabled},
                  {}),
      control_(loop_, dispatcher_, id_secret_) {}

DeliveryThread::~DeliveryThread() { stop(std::chrono::milliseconds{0}); }

void DeliveryThread::start() {
  loop_.post([this] { dispatcher_.start(); });
  journal_.set_commit_listener([this](journal::Sequence) { announce(); });
  thread_ = std::jthread([this] { loop_.run(); });
}

/// Many commits while the loop is busy are one announcement.
void DeliveryThread::announce() {
  // sync[A1] acquire -> A2: the dispatcher looked for events after it took back the announcement.
  if (is_announced_.exchange(true, std::memory_order_acquire)) return;
  loop_.post([this] {
    // sync[A2] release -> A1: whoever commits from here on announces it anew.
    is_announced_.store(false, std::memory_order_release);
    dispatcher_.committed();
  });
}

void DeliveryThread::stop(std::chrono::milliseconds patience) {
  if (!thread_.joinable()) return;
  journal_.set_commit_listener(nullptr);
  const auto stopped = std::make_shared<std::promise<void>>();
  loop_.post([this, stopped, deadline = std::chrono::steady_clock::now() + patience] {
    dispatcher_.stop(deadline, [stopped] { stopped->set_value(); });
  });
  // The dispatcher keeps to its deadline; what it writes then waits for a disk that may refuse.
  constexpr std::chrono::seconds kToWrite{5};
  stopped->get_future().wait_for(patience + kToWrite);
  control_.close();
  loop_.stop();
  thread_.join();
  // What is still on its way tells the dispatcher that it was cancelled, while there is one.
  client_.stop();
}

}  // namespace sluice::app

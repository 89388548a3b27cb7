#include "settings/settings.hpp"

namespace sluice {
namespace {

using Unit = NumberField::Unit;

constexpr std::uint64_t kDay = std::uint64_t{24} * 3600;
constexpr std::uint64_t kYear = 365 * kDay;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;

NumberField seconds(std::uint64_t Settings::*member, std::uint64_t least, std::uint64_t most) {
  return {member, Unit::seconds, least, most};
}
NumberField bytes(std::uint64_t Settings::*member, std::uint64_t least, std::uint64_t most) {
  return {member, Unit::bytes, least, most};
}
NumberField count(std::uint64_t Settings::*member, std::uint64_t least, std::uint64_t most) {
  return {member, Unit::count, least, most};
}

std::vector<Setting> make_table() {
  using S = Settings;
  return {
      {"listen", "Address and port that the service listens on; port 0 takes a free one.",
       TextField{&S::listen}},
      {"data_dir", "Directory of the configuration, the keys and the journal.",
       TextField{&S::data_dir}},
      {"durability",
       "What an acknowledged event survives: fsync, also the end of the machine; os, only the end "
       "of the process.",
       TextField{&S::durability, {"fsync", "os"}}},
      {"threads", "Threads that serve connections; 0 takes one for each processor.",
       count(&S::threads, 0, 256)},
      {"log.format", "Form of the log on standard error: text for people, json for programs.",
       TextField{&S::log_format, {"text", "json"}}},
      {"log.level", "The least important kind of line that is logged.",
       TextField{&S::log_level, {"debug", "info", "warning", "error"}}},
      {"egress.allow",
       "Networks (CIDR) and hosts that deliveries may reach although the egress rules refuse them.",
       ListField{&S::egress_allow}},
      {"shutdown.timeout", "How long SIGTERM waits for what has begun.",
       seconds(&S::shutdown_timeout, 0, 3600)},
      {"tls.certificate_file",
       "PEM file of the certificate and its chain; with it the service speaks https alone.",
       TextField{&S::tls_certificate_file}},
      {"tls.key_file", "PEM file of the certificate's private key, without a passphrase.",
       TextField{&S::tls_key_file}},
      {"proxy.trusted",
       "Networks (CIDR) of reverse proxies: what they say of a client's address is believed.",
       ListField{&S::proxy_trusted}},
      {"proxy.protocol",
       "required: connections from those networks begin with a PROXY header (version 1 or 2).",
       TextField{&S::proxy_protocol, {"off", "required"}}},
      {"http.handshake_timeout",
       "From a connection's begin to the end of its PROXY header and its TLS handshake.",
       seconds(&S::http_handshake_timeout, 1, 3600)},
      {"http.header_timeout", "From a request's first byte to the end of its header.",
       seconds(&S::http_header_timeout, 1, 3600)},
      {"http.body_timeout", "Longest pause between two pieces of a body.",
       seconds(&S::http_body_timeout, 1, 3600)},
      {"http.write_timeout", "Longest pause of a client that takes an answer.",
       seconds(&S::http_write_timeout, 1, 3600)},
      {"http.idle_timeout", "How long a connection is kept between two requests.",
       seconds(&S::http_idle_timeout, 1, 3600)},
      {"http.max_header_bytes", "Largest header; a larger one is answered with 431.",
       bytes(&S::http_max_header_bytes, 1024, std::uint64_t{1} << 20U)},
      {"http.max_url_bytes", "Longest URL; a longer one is answered with 414.",
       bytes(&S::http_max_url_bytes, 256, std::uint64_t{64} << 10U)},
      {"http.max_connections",
       "Connections at a time, and no more than open files allow; one more is answered with 503.",
       count(&S::http_max_connections, 1, 1'000'000)},
      {"http.max_connections_per_address", "Connections at a time from one address.",
       count(&S::http_max_connections_per_address, 1, 1'000'000)},
      {"console", "Whether the console is served at /: it is for everybody, what it shows needs a key.",
       TextField{&S::console, {"on", "off"}}},
      {"api.max_body_bytes", "Largest body of a call that is not ingestion.",
       bytes(&S::api_max_body_bytes, 1024, std::uint64_t{64} << 20U)},
      {"api.max_json_depth", "Deepest nesting of such a body.",
       count(&S::api_max_json_depth, 4, 256)},
      {"api.requests_per_second", "Requests of one key per second, in bursts up to twice that.",
       count(&S::api_requests_per_second, 1, 1'000'000'000)},
      {"metrics.access",
       "machine shows /metrics to callers from this machine only; open to everybody.",
       TextField{&S::metrics_access, {"machine", "open"}}},
      {"event_types.mode",
       "open takes any well-formed name and pattern; closed only what the catalogue knows.",
       TextField{&S::event_types_mode, {"open", "closed"}}},
      {"event_types.file", "JSON file that replaces or extends the built-in catalogue.",
       TextField{&S::event_types_file}},
      {"ingest.cache_bytes", "Memory of each matching thread for names that it has resolved.",
       bytes(&S::ingest_cache_bytes, 0, kGiB)},
      {"ingest.id_window", "How long a repeated event_id is recognised.",
       seconds(&S::ingest_id_window, 0, 30 * kDay)},
      {"ingest.max_ids", "How many event_ids are remembered.",
       count(&S::ingest_max_ids, 0, 1'000'000'000)},
      {"journal.segment_bytes", "Size of one file of the journal.",
       bytes(&S::journal_segment_bytes, std::uint64_t{4} << 20U, kGiB)},
      {"journal.backlog_bytes",
       "How much may be owed to channels before new events are answered with 429.",
       bytes(&S::journal_backlog_bytes, std::uint64_t{64} << 20U, 1024 * 1024 * kGiB)},
      {"retention.age", "How long accepted events are kept.", seconds(&S::retention_age, 60, kYear)},
      {"retention.bytes", "How much of the journal is kept, except for what is owed.",
       bytes(&S::retention_bytes, std::uint64_t{64} << 20U, 1024 * 1024 * kGiB)},
      {"delivery.ca_file", "PEM file of certificates that receivers may have besides the system's.",
       TextField{&S::delivery_ca_file}},
      {"slack.api", "Address of Slack's Web API.", TextField{&S::slack_api}},
      {"smtp.url",
       "The mail relay: smtp://host:587 (STARTTLS) or smtps://host:465; empty: no mail is sent.",
       TextField{&S::smtp_url}},
      {"smtp.username", "Name for the relay; empty: it wants none.", TextField{&S::smtp_username}},
      {"smtp.password", "Password for the relay.",
       TextField{.member = &S::smtp_password, .is_secret = true}},
      {"smtp.from", "Address that mail comes from.", TextField{&S::smtp_from}},
      {"smtp.tls",
       "required refuses a relay without TLS; off sends everything in clear, the password too.",
       TextField{&S::smtp_tls, {"required", "off"}}},
      {"smtp.ca_file", "PEM file of certificates to trust instead of the system's.",
       TextField{&S::smtp_ca_file}},
      {"sms.base_url",
       "The SMS provider, with Twilio's REST API: https://api.twilio.com; empty: none.",
       TextField{&S::sms_base_url}},
      {"sms.account", "Account at the provider.", TextField{&S::sms_account}},
      {"sms.token", "The account's secret.",
       TextField{.member = &S::sms_token, .is_secret = true}},
      {"sms.from", "Number, or messaging service (MG...), that short messages come from.",
       TextField{&S::sms_from}},
      {"attempts.age", "How long the log of attempts is kept.",
       seconds(&S::attempts_age, 60, 10 * kYear)},
      {"attempts.per_webhook", "How many attempts are kept for each webhook.",
       count(&S::attempts_per_webhook, 1, 1'000'000'000)},
  };
}

}  // namespace

std::span<const Setting> all_settings() {
  static const std::vector<Setting> table = make_table();
  return table;
}

}  // namespace sluice

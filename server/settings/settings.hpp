// Every setting of the service, in one table: its name, default, unit, range and one sentence. The
// command line, the environment, the configuration file and the documents are read off that table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice {

/// Durations are in seconds, sizes in bytes; zero means what the table says of it.
struct Settings {
  std::string listen = "127.0.0.1:8080";
  std::string data_dir = "./sluice-data";
  std::string durability = "fsync";
  std::uint64_t threads = 0;
  std::string log_format = "text";
  std::string log_level = "info";
  std::vector<std::string> egress_allow;
  std::uint64_t shutdown_timeout = 30;

  std::string tls_certificate_file;
  std::string tls_key_file;
  std::vector<std::string> proxy_trusted;
  std::string proxy_protocol = "off";

  std::uint64_t http_handshake_timeout = 10;
  std::uint64_t http_header_timeout = 10;
  std::uint64_t http_body_timeout = 30;
  std::uint64_t http_write_timeout = 30;
  std::uint64_t http_idle_timeout = 75;
  std::uint64_t http_max_header_bytes = std::uint64_t{16} << 10U;
  std::uint64_t http_max_url_bytes = std::uint64_t{8} << 10U;
  std::uint64_t http_max_connections = 10'000;
  std::uint64_t http_max_connections_per_address = 2'000;

  std::string console = "on";

  std::uint64_t api_max_body_bytes = std::uint64_t{2} << 20U;
  std::uint64_t api_max_json_depth = 32;
  std::uint64_t api_requests_per_second = 100'000;

  std::string metrics_access = "machine";

  std::string event_types_mode = "open";
  std::string event_types_file;

  std::uint64_t ingest_cache_bytes = std::uint64_t{16} << 20U;
  std::uint64_t ingest_id_window = std::uint64_t{24} * 3600;
  std::uint64_t ingest_max_ids = 10'000'000;

  std::uint64_t journal_segment_bytes = std::uint64_t{64} << 20U;
  std::uint64_t journal_backlog_bytes = std::uint64_t{20} << 30U;
  std::uint64_t retention_age = std::uint64_t{72} * 3600;
  std::uint64_t retention_bytes = std::uint64_t{10} << 30U;

  std::string delivery_ca_file;
  std::string slack_api = "https://slack.com/api";
  std::string smtp_url;
  std::string smtp_username;
  std::string smtp_password;
  std::string smtp_from = "sluice@localhost";
  std::string smtp_tls = "required";
  std::string smtp_ca_file;
  std::string sms_base_url;
  std::string sms_account;
  std::string sms_token;
  std::string sms_from;

  std::uint64_t attempts_age = std::uint64_t{30} * 24 * 3600;
  std::uint64_t attempts_per_webhook = 10'000;
};

/// A text, perhaps one of a few.
struct TextField {
  std::string Settings::*member;
  std::vector<std::string_view> choices = {};  // empty: any text
  bool is_secret = false;                      // shown as *** by --print-config
};

/// A whole number, a duration ("90", "10s", "5m", "72h", "30d") or a size ("65536", "64KiB").
struct NumberField {
  enum class Unit : std::uint8_t { count, seconds, bytes };
  std::uint64_t Settings::*member;
  Unit unit = Unit::count;
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// Texts, separated by commas, or an array in the configuration file.
struct ListField {
  std::vector<std::string> Settings::*member;
};

struct Setting {
  std::string_view name;  // as in the file; dots are levels
  std::string_view sentence;
  std::variant<TextField, NumberField, ListField> field;

  std::string flag() const;         // --egress-allow
  std::string environment() const;  // SLUICE_EGRESS_ALLOW
};

std::span<const Setting> all_settings();

/// Those whose values differ, secrets too.
std::vector<const Setting*> changed_settings(const Settings& before, const Settings& after);

/// The table of docs/operations.md, in Markdown.
std::string settings_table();

}  // namespace sluice

// The log of attempts: what was sent, when, and what came back.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/time.hpp"
#include "base/vault.hpp"
#include "config_store/page.hpp"
#include "domain/channel.hpp"

namespace sluice::store {

class Connections;

enum class AttemptOutcome : std::uint8_t {
  delivered,
  failed,     // it will be tried again
  dead,       // it will not
  cancelled,  // the webhook or the channel went away
};
std::string_view to_text(AttemptOutcome outcome) noexcept;
std::optional<AttemptOutcome> attempt_outcome_from(std::string_view text) noexcept;

struct Attempt {
  std::int64_t id = 0;      // the store's; larger ones were stored later
  std::string delivery_id;  // its first event to one channel
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  domain::ChannelKind channel_kind = domain::ChannelKind::webhook;
  std::vector<std::uint64_t> events;  // in the journal, ascending; several: a batch; none: a test
  std::string event_id;
  std::string event_type;
  std::uint32_t attempt = 1;  // of its delivery, from 1
  base::Time at;              // when it began
  std::chrono::microseconds duration{};
  AttemptOutcome outcome = AttemptOutcome::delivered;
  std::optional<int> status_code;
  std::string error;       // one sentence, empty if there was none; no secrets in it
  std::string request;     // URL and headers as sent, secrets masked; kept up to 8 KiB
  std::string response;    // body; kept up to 16 KiB
};

/// Where the attempts of a delivery are found.
struct DeliveryPlace {
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  std::uint64_t first = 0;  // event in the journal; 0: a test's
};

struct AttemptFilter {
  std::optional<AttemptOutcome> outcome = std::nullopt;
  std::optional<std::string> event_type = std::nullopt;
  std::optional<base::Time> since = std::nullopt;  // at or after
  std::optional<base::Time> until = std::nullopt;  // before
};

/// Thread safety: every member, from any thread. Calls block. Errors: StoreError; std::bad_alloc.
class Attempts {
 public:
  Attempts(Connections& connections, const base::Vault& vault, const base::Clock& clock) noexcept
      : connections_(connections), vault_(vault), clock_(clock) {}

  /// Stores all of them, or none. One transaction: give it hundreds at once.
  void insert(std::span<const Attempt> attempts);

  /// Those of a webhook, newest first, without request and response. It stays fast: where a filter
  /// passes over many rows, or the disk is slow, a page is short, or even empty, and yet has a
  /// next_cursor.
  std::variant<Page<Attempt>, BadCursor> list(std::uint32_t webhook, const AttemptFilter& filter,
                                              const PageRequest& request);

  /// All attempts of one delivery, the first one first, with request and response; `limit` at most.
  /// Complexity: of a test O(tests of the channel), otherwise O(its attempts).
  std::vector<Attempt> of_delivery(const DeliveryPlace& place, std::string_view delivery_id,
                                   std::size_t limit);

 private:
  Connections& connections_;
  const base::Vault& vault_;
  const base::Clock& clock_;
};

}  // namespace sluice::store

// A journal with small segments on a simulated disk, and the calls that tests make over and over.
#pragma once

#include <cstdint>
#include <memory>
#include <thread>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.hpp"
#include "server/journal/simulated_disk.hpp"
#include "server/support/manual_clock.hpp"
#include "server/support/seeded_random.hpp"

namespace sluice::testkit {

/// An event as a test gives it.
struct GivenEvent {
  std::string json;
  std::string id = {};  // empty: the caller gives none
  std::vector<std::uint32_t> webhooks = {};
  std::string scope = {};  // of the id
  friend bool operator==(const GivenEvent&, const GivenEvent&) = default;
};

/// What an append was answered, kept.
struct Answer {
  std::error_code error;
  journal::Sequence first = 0;
  std::vector<std::uint32_t> duplicates;
};

/// An event as a cursor gives it.
struct SeenEvent {
  journal::Sequence sequence;
  std::uint32_t organisation;
  GivenEvent event;
  bool is_duplicate;
  friend bool operator==(const SeenEvent&, const SeenEvent&) = default;
};

/// When the rig's clock begins.
inline const base::Time kNoon = ManualClock().now();

/// The batch of `events`, all of which fit.
journal::Batch make_batch(const journal::Journal& journal, std::uint32_t organisation,
                          const std::vector<GivenEvent>& events, base::Time accepted_at = kNoon);

/// Appends and waits for the answer.
Answer append(journal::Journal& journal, std::uint32_t organisation,
              const std::vector<GivenEvent>& events, base::Time accepted_at = kNoon);

/// Every event that a cursor gives until it comes to the end; what retention dropped is passed over.
/// Throws when it fails.
std::vector<SeenEvent> read_all(const journal::Journal& journal, journal::Sequence from = 1);

/// Waits, without limit, until `condition()`: for what another thread is about to do.
template <class Condition>
void wait_until(Condition condition) {
  while (!condition()) std::this_thread::yield();
}

struct JournalRig {
  SimulatedDisk disk;
  ManualClock clock;
  SeededRandom random;
  journal::Options options;
  std::unique_ptr<journal::Journal> journal;

  explicit JournalRig(std::uint64_t seed = 1);

  journal::Journal& open();
  /// Closes it in order and opens it again.
  journal::Journal& reopen();
  /// The power goes while it is open; then it is opened again.
  journal::Journal& cut_power_and_reopen(Survives survives = Survives::what_was_synced);

  std::filesystem::path file(std::string_view name) const { return options.directory / name; }
};

}  // namespace sluice::testkit

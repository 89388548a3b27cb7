// D1 with a real process and real files: a child appends, tells its parent what was acknowledged, and
// is killed at a random moment.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <map>

#include "base/random.hpp"
#include "server/journal/journal_rig.hpp"
#include "server/support/temporary_directory.hpp"
#include "support/random.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::AppendResult;
using sluice::journal::Durability;
using sluice::journal::Journal;
using sluice::journal::Options;
using sluice::journal::Sequence;

constexpr int kRounds = 12;

/// What the child writes to its parent for each acknowledged event.
struct Told {
  Sequence sequence;
  std::uint64_t number;  // what the event says
};

Options options_in(const std::filesystem::path& directory, Durability durability) {
  Options options;
  options.directory = directory;
  options.durability = durability;
  options.segment_bytes = std::uint64_t{128} << 10U;
  options.upkeep_interval = std::chrono::milliseconds{5};
  return options;
}

/// Appends until it is killed. Never returns.
[[noreturn]] void append_for_ever(const Options& options, std::uint64_t number, int pipe) {
  const sluice::base::SystemClock clock;
  sluice::base::SystemRandom random;
  Journal journal(options, clock, random);
  for (;; ++number) {
    while (journal.stats().queued_bytes > 20'000) ::usleep(100);
    const std::size_t padding = number % 50 == 0 ? 30'000 : number % 700;
    journal.append(make_batch(journal, 1, {{std::to_string(number) + ":" + std::string(padding, 'x')}}),
                   [number, pipe](const AppendResult& result) {
                     const Told told{result.first, number};
                     if (!result.error) static_cast<void>(!::write(pipe, &told, sizeof told));
                   });
  }
}

/// Lets a child append until it has told of `enough` events, and kills it. Everything that it told.
std::vector<Told> kill_after(const Options& options, std::uint64_t number, std::size_t enough) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    append_for_ever(options, number, pipe[1]);
  }
  ::close(pipe[1]);
  std::vector<Told> all;
  for (Told told{}; ::read(pipe[0], &told, sizeof told) == sizeof told;) {
    all.push_back(told);
    if (all.size() == enough) ::kill(child, SIGKILL);
  }
  ::close(pipe[0]);
  ::waitpid(child, nullptr, 0);
  return all;
}

std::uint64_t number_in(const std::string& json) {
  std::uint64_t number = 0;
  std::from_chars(json.data(), json.data() + json.size(), number);
  return number;
}

void kill_again_and_again(Durability durability) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed_note(seed));
  Random random(seed);
  const TemporaryDirectory directory;
  const Options options = options_in(directory.path(), durability);
  std::map<Sequence, std::uint64_t> acknowledged;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t begin = static_cast<std::uint64_t>(round + 1) * 1'000'000;
    for (const Told& told : kill_after(options, begin, random.between(1, 300)))
      acknowledged[told.sequence] = told.number;

    const sluice::base::SystemClock clock;
    sluice::base::SystemRandom system_random;
    const Journal journal(options, clock, system_random);
    Sequence next = 1;
    for (const SeenEvent& event : read_all(journal)) {
      ASSERT_EQ(event.sequence, next++);
      const auto known = acknowledged.find(event.sequence);
      const std::uint64_t number = number_in(event.event.json);
      if (known != acknowledged.end()) {
        ASSERT_EQ(number, known->second) << "event " << event.sequence;
      }
      acknowledged[event.sequence] = number;  // what is there now stays
    }
    ASSERT_GT(next, acknowledged.rbegin()->first) << "acknowledged and lost";
  }
}

// guards D1
TEST(Kill, LosesNothingThatWasAcknowledged) { kill_again_and_again(Durability::fsync); }
// guards D1
TEST(Kill, LosesNothingThatWasAcknowledgedWithDurabilityOs) {
  kill_again_and_again(Durability::os);
}

}  // namespace

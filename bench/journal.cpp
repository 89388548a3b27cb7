// The journal's throughput and latency on this machine's disk: batches of one size, appended with so
// many under way, every one durable before it is answered. It first reads back what it wrote.
#include "journal/journal.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace {

using namespace sluice;
using Clock = std::chrono::steady_clock;

struct ProbeOptions {
  std::string directory = "journal-bench";
  std::size_t batch = 1000;
  std::size_t bytes = 500;
  std::size_t webhooks = 2;
  std::ptrdiff_t under_way = 8;
  std::size_t threads = 1;
  double seconds = 2;
  bool has_ids = false;
  bool is_os = false;
  std::uint64_t retention_mib = 1024;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What one thread appends: batches whose ids never repeat.
class Appender {
 public:
  Appender(journal::Journal& journal, const ProbeOptions& options, std::size_t number)
      : journal_(journal),
        options_(options),
        free_(options.under_way),
        builder_(journal.make_builder()),
        json_(options.bytes, 'x'),
        webhooks_(options.webhooks, 7) {
    json_.replace(0, 14, R"({"event_id":")" + std::to_string(number % 10));
  }

  void run(Clock::time_point end) {
    while (Clock::now() < end) {
      free_.acquire();
      const Clock::time_point begin = Clock::now();
      journal_.append(make(), [this, begin](const journal::AppendResult& result) {
        if (result.error || !result.duplicates.empty()) has_failed_ = true;
        if (latencies_.size() < latencies_.capacity()) latencies_.push_back(seconds_since(begin));
        events_ += options_.batch;
        free_.release();
      });
    }
    for (std::ptrdiff_t i = 0; i < options_.under_way; ++i) free_.acquire();
    if (has_failed_) throw std::runtime_error("an append failed");
  }

  std::uint64_t events() const { return events_; }
  const std::vector<double>& latencies() const { return latencies_; }

 private:
  journal::Batch make() {
    builder_.start(1, base::SystemClock().now());
    for (std::size_t i = 0; i < options_.batch; ++i) {
      std::string_view id;
      if (options_.has_ids) {
        const std::string digits = std::to_string(1'000'000'000'000 + ++made_);
        json_.replace(14, digits.size(), digits);
        id = std::string_view(json_).substr(13, digits.size() + 1);
      }
      if (!builder_.add(json_, id, webhooks_)) throw std::runtime_error("the batch is too large");
    }
    return builder_.finish();
  }

  journal::Journal& journal_;
  const ProbeOptions& options_;
  std::counting_semaphore<> free_;
  journal::BatchBuilder builder_;
  std::string json_;
  std::vector<std::uint32_t> webhooks_;
  std::uint64_t made_ = 0;
  std::uint64_t events_ = 0;  // by callbacks, which come from one thread
  bool has_failed_ = false;
  std::vector<double> latencies_ = [] {
    std::vector<double> latencies;
    latencies.reserve(4'000'000);
    return latencies;
  }();
};

journal::Options journal_options(const ProbeOptions& options) {
  journal::Options journal_options;
  journal_options.directory = options.directory;
  journal_options.durability = options.is_os ? journal::Durability::os : journal::Durability::fsync;
  journal_options.retention_bytes = options.retention_mib << 20U;
  return journal_options;
}

/// Seconds to read every event that is kept.
double read_back(const journal::Journal& journal, std::uint64_t& events) {
  const Clock::time_point begin = Clock::now();
  journal::Cursor cursor = journal.cursor(1);
  journal::RecordView record;
  for (;;) {
    const journal::ReadOutcome outcome = cursor.next(record);
    if (outcome == journal::ReadOutcome::end) break;
    if (outcome == journal::ReadOutcome::failed) throw std::runtime_error(cursor.error());
    events += record.size();
  }
  return seconds_since(begin);
}

void append_all(journal::Journal& journal, const ProbeOptions& options) {
  std::vector<std::unique_ptr<Appender>> appenders;
  for (std::size_t t = 0; t < options.threads; ++t)
    appenders.push_back(std::make_unique<Appender>(journal, options, t));
  const Clock::time_point begin = Clock::now();
  const Clock::time_point end = begin + std::chrono::duration_cast<Clock::duration>(
                                            std::chrono::duration<double>(options.seconds));
  {
    std::vector<std::jthread> threads;
    for (auto& appender : appenders) threads.emplace_back([&] { appender->run(end); });
  }
  const double seconds = seconds_since(begin);
  double events = 0;
  std::vector<double> latencies;
  for (const auto& appender : appenders) {
    events += static_cast<double>(appender->events());
    latencies.insert(latencies.end(), appender->latencies().begin(), appender->latencies().end());
  }
  std::ranges::sort(latencies);
  const auto at = [&](double share) {
    return 1e3 * latencies[static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1))];
  };
  const double commits = static_cast<double>(journal.stats().commits);
  std::printf(
      "batch:%zu bytes:%zu under_way:%td threads:%zu ids:%d %s  %.0f events/s  %.0f MB/s  "
      "%.0f commits/s  p50 %.2f p99 %.2f p99.9 %.2f ms\n",
      options.batch, options.bytes, options.under_way, options.threads, options.has_ids ? 1 : 0,
      options.is_os ? "os" : "fsync", events / seconds,
      events / seconds * static_cast<double>(options.bytes) / 1e6, commits / seconds, at(0.5),
      at(0.99), at(0.999));
}

int run(const ProbeOptions& options) {
  std::filesystem::remove_all(options.directory);
  const base::SystemClock clock;
  base::SystemRandom random;
  {
    journal::Journal journal(journal_options(options), clock, random);
    journal.release_below(~journal::Sequence{0});
    append_all(journal, options);
  }
  const Clock::time_point begin = Clock::now();
  const journal::Journal journal(journal_options(options), clock, random);
  const double open_seconds = seconds_since(begin);
  std::uint64_t events = 0;
  const double read_seconds = read_back(journal, events);
  const journal::JournalStats stats = journal.stats();
  if (events != stats.committed_through - stats.first + 1)
    throw std::runtime_error("not every event was read back");
  std::printf("opened %.0f MiB in %.2f s, read %.0f events in %.2f s, %zu ids remembered\n",
              static_cast<double>(stats.disk_bytes >> 20U), open_seconds,
              static_cast<double>(events), read_seconds,
              static_cast<std::size_t>(stats.remembered_ids));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ProbeOptions options;
  CLI::App app{"Times the journal on the disk of a directory, which it empties first."};
  app.add_option("--directory", options.directory)->capture_default_str();
  app.add_option("--batch", options.batch, "Events a batch")->capture_default_str();
  app.add_option("--bytes", options.bytes, "Of an event, 64 or more")
      ->check(CLI::Range(64, 262'144))
      ->capture_default_str();
  app.add_option("--webhooks", options.webhooks, "That each event is owed to")->capture_default_str();
  app.add_option("--under-way", options.under_way, "Batches a thread does not wait for")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--threads", options.threads)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seconds", options.seconds)->capture_default_str();
  app.add_flag("--ids", options.has_ids, "Every event has an id of its own");
  app.add_flag("--os", options.is_os, "Durability os");
  app.add_option("--retention-mib", options.retention_mib)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

// `sluice generate`: seeded workloads as files that `sluice match` reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "exit_code.hpp"
#include "workload.hpp"

namespace CLI {
class App;
}

namespace sluice::tool {

enum class GeneratedKind { subscriptions, events, names };
enum class SubscriptionFormat { text, ndjson };

struct GenerateCommand {
  GeneratedKind kind = GeneratedKind::subscriptions;
  WorkloadOptions workload;
  std::optional<std::uint64_t> count;  // the defaults depend on kind and shape
  std::optional<double> name_skew;
  std::optional<SubscriptionFormat> format;
  std::size_t event_bytes = 500;
  std::string output_path = "-";

  /// Adds the subcommand and its options, which are parsed into this object.
  CLI::App* add_to(CLI::App& app);
  /// Errors: Failure; std::bad_alloc.
  ExitCode run() const;
};

}  // namespace sluice::tool

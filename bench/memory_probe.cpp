// What an index really costs: the growth of the resident memory of a fresh process that loads it,
// beside what the engine says. A process of its own, because what an earlier benchmark has freed
// would be used again and hide the growth.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include "bench/contestant.hpp"

namespace {

using namespace sluice::bench;

/// Bytes of this process that are in memory now.
double resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  double all_pages = 0;
  double resident_pages = 0;
  if (!(statm >> all_pages >> resident_pages)) throw std::runtime_error{"no /proc/self/statm"};
  return resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

void probe(const std::string& directory, const std::string& set, const std::string& engine) {
  const Workload workload{directory, set};
  const auto contestant = make_contestant(engine);
  const double before = resident_bytes();
  load(*contestant, workload);
  const double grown = resident_bytes() - before;
  const auto said = static_cast<double>(contestant->index_bytes());
  const auto count = static_cast<double>(workload.subscriptions().size());
  std::printf(
      "{\"set\":\"%s\",\"engine\":\"%s\",\"subscriptions\":%.0f,\"index_bytes\":%.0f,"
      "\"resident_growth\":%.0f,\"index_bytes_each\":%.1f,\"resident_bytes_each\":%.1f}\n",
      set.c_str(), engine.c_str(), count, said, grown, said / count, grown / count);
}

}  // namespace

int main(int argc, char** argv) {
  std::string directory;
  std::string set = "w1";
  std::string engine = "sluice";
  CLI::App app{"Prints what loading a workload into an engine adds to the resident memory."};
  app.add_option("--workloads", directory, "Directory of the workload files")->required();
  app.add_option("--set", set, "w1, w2u, w3, w3s")->capture_default_str();
  app.add_option("--engine", engine, "sluice, locked_trie, mask_tables, frozen_trie")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    probe(directory, set, engine);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

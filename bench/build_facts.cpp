#include "bench/build_facts.hpp"

#include <simdjson.h>

#include <fstream>
#include <thread>

#include "build_commit.hpp"  // written by build_commit.cmake at every build

namespace sluice::bench {

namespace {

/// The value of the first line of a file that begins with `key`, or the first line itself.
std::string first_line(const char* file, const std::string& key) {
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    const std::size_t colon = key.empty() ? std::string::npos : line.find(": ");
    return colon == std::string::npos ? line : line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

std::optional<std::string> build_problem() {
#if !defined(__OPTIMIZE__)
  return "it was built without optimisation";
#elif !defined(NDEBUG)
  return "it was built with assertions (no NDEBUG)";
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return "it was built with a sanitizer";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(undefined_behavior_sanitizer) || __has_feature(memory_sanitizer)
  return "it was built with a sanitizer";
#endif
#endif
  if (std::string{SLUICE_BUILD_SANITIZE} != "") return "it was built with a sanitizer";
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> build_facts() {
  return {
      {"commit", SLUICE_BUILD_COMMIT},
      {"tree_is_dirty", SLUICE_BUILD_IS_DIRTY},
      {"compiler", SLUICE_BUILD_COMPILER},
      {"flags", SLUICE_BUILD_FLAGS},
      {"cpu", first_line("/proc/cpuinfo", "model name")},
      {"cores", std::to_string(std::thread::hardware_concurrency())},
      {"governor", first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "")},
      {"huge_pages", first_line("/sys/kernel/mm/transparent_hugepage/enabled", "")},
      {"simdjson_runtime_kernel", simdjson::get_active_implementation()->name()},
      {"simdjson_compiled_kernel", simdjson::builtin_implementation()->name()},
      {"google_benchmark_note", "Debian's library was built as debug; this program was not"},
  };
}

}  // namespace sluice::bench

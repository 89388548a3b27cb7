#include "support/random.hpp"

#include <cstdlib>
#include <random>
#include <stdexcept>

namespace sluice::testkit {

std::uint64_t test_seed() {
  if (const char* text = std::getenv("SLUICE_SEED"); text != nullptr) {
    char* end = nullptr;
    const std::uint64_t seed = std::strtoull(text, &end, 0);
    if (end == text || *end != '\0') throw std::invalid_argument("SLUICE_SEED is not a number");
    return seed;
  }
  return std::random_device{}();
}

std::string seed_note(std::uint64_t seed) {
  return "to repeat: SLUICE_SEED=" + std::to_string(seed);
}

}  // namespace sluice::testkit

#include "config_store/delivery_rows.hpp"

#include <string_view>

namespace sluice::store {
namespace {

constexpr std::size_t kBytes = 8;

}  // namespace

std::string further_of(std::span<const std::uint64_t> events) {
  std::string bytes;
  for (std::size_t i = 1; i < events.size(); ++i) {
    for (std::size_t byte = 0; byte < kBytes; ++byte)
      bytes += static_cast<char>(events[i] >> (8 * byte));
  }
  return bytes;
}

std::vector<std::uint64_t> events_of(const Statement& row, int first, int further) {
  std::vector<std::uint64_t> events;
  if (row.integer(first) == 0) return events;
  events.push_back(static_cast<std::uint64_t>(row.integer(first)));
  const std::string_view bytes = row.text(further);
  for (std::size_t at = 0; at + kBytes <= bytes.size(); at += kBytes) {
    std::uint64_t event = 0;
    for (std::size_t byte = 0; byte < kBytes; ++byte)
      event |= std::uint64_t{static_cast<unsigned char>(bytes[at + byte])} << (8 * byte);
    events.push_back(event);
  }
  return events;
}

}  // namespace sluice::store

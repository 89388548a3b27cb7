// Generated events as JSON: the fields of the contract, and metadata as varied as that of real
// senders (escapes, other scripts, numbers of all kinds, nesting), of about a given size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "random_stream.hpp"
#include "workload.hpp"

namespace sluice::tool {

/// Thread safety: one thread at a time.
class EventWriter {
 public:
  /// Sizes vary evenly by a quarter around `event_bytes`; an event has about 200 bytes at least.
  EventWriter(std::uint64_t seed, std::size_t event_bytes);

  /// Appends the event and a newline.
  void append(const Draw& draw, std::string& out);

 private:
  void append_identity(const Draw& draw, std::string& out);
  void append_metadata(std::size_t end, std::string& out);
  void append_field(std::uint64_t name, std::uint64_t round, std::string& out);
  void append_value(std::string& out);

  const std::size_t event_bytes_;
  RandomStream random_;
  std::uint64_t occurred_at_;  // milliseconds since 1970
};

}  // namespace sluice::tool

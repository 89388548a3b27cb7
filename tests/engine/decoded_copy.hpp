// What a decoder answered, as a copy that outlives it, and inputs that end exactly kPadding bytes
// before their heap block does, so that AddressSanitizer sees a read past the promise.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "json/decoder.hpp"
#include "sluice/event.hpp"

namespace sluice {

/// For GoogleTest's messages.
inline void PrintTo(const Error& error, std::ostream* out) {
  *out << describe(error.code) << " at " << error.offset;
}

namespace testkit {

struct EventCopy {
  std::string name;
  std::string organization;
  std::string id;
  std::string occurred_at;
  std::string source;
  std::string specversion;
  std::string json;
  std::uint64_t line = 0;

  friend bool operator==(const EventCopy&, const EventCopy&) = default;
};

struct RejectionCopy {
  std::uint64_t line = 0;
  Error error;

  friend bool operator==(const RejectionCopy&, const RejectionCopy&) = default;
};

struct DecodedCopy {
  std::vector<EventCopy> events;
  std::vector<RejectionCopy> rejected;
  std::uint64_t lines = 0;

  friend bool operator==(const DecodedCopy&, const DecodedCopy&) = default;
};

inline DecodedCopy copy(const DecodedEvents& decoded) {
  DecodedCopy result;
  for (std::size_t i = 0; i < decoded.events.size(); ++i) {
    const Event& event = decoded.events[i];
    const EventOrigin origin = decoded.origins.empty() ? EventOrigin{} : decoded.origins[i];
    result.events.push_back({std::string{event.name}, std::string{event.organization},
                             std::string{origin.id}, std::string{origin.occurred_at},
                             std::string{origin.source}, std::string{origin.specversion},
                             std::string{event.json}, event.line});
  }
  for (const RejectedEvent& rejection : decoded.rejected)
    result.rejected.push_back({rejection.line, rejection.error});
  result.lines = decoded.lines;
  return result;
}

/// A text with kPadding bytes behind it that would complete a token or a string.
class PaddedText {
 public:
  explicit PaddedText(std::string_view text)
      : size_(text.size()), bytes_(new char[size_ + EventDecoder::kPadding]) {
    constexpr std::string_view kMisleading = "0\"}]\n";
    if (size_ != 0) std::memcpy(bytes_.get(), text.data(), size_);
    for (std::size_t i = 0; i < EventDecoder::kPadding; ++i)
      bytes_[size_ + i] = kMisleading[i % kMisleading.size()];
  }

  std::string_view view() const noexcept { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

inline std::vector<json::Kernel> kernels() {
  std::vector<json::Kernel> supported{json::Kernel::portable};
  for (const json::Kernel kernel : {json::Kernel::avx2, json::Kernel::avx512}) {
    if (json::is_supported(kernel)) supported.push_back(kernel);
  }
  return supported;
}

}  // namespace testkit
}  // namespace sluice

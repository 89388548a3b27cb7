#include "journal/fingerprint.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace sluice::journal {

Fingerprint IdKey::fingerprint(std::uint32_t organisation, std::string_view event_id,
                               std::string_view scope) const noexcept {
  std::array<char, sizeof organisation + 1 + sizeof(Fingerprint) + kMaxEventIdBytes> text;
  std::size_t size = 0;
  const auto append = [&](const void* part, std::size_t bytes) {
    std::memcpy(text.data() + size, part, bytes);
    size += bytes;
  };
  append(&organisation, sizeof organisation);
  if (!scope.empty()) {
    // No id begins with a NUL, so this is no id without a scope.
    text[size++] = '\0';
    const Fingerprint hash = hash_of(scope);
    append(&hash, sizeof hash);
  }
  append(event_id.data(), std::min(event_id.size(), kMaxEventIdBytes));
  return hash_of({text.data(), size});
}

Fingerprint IdKey::hash_of(std::string_view text) const noexcept {
  const XXH128_hash_t hash =
      XXH3_128bits_withSecret(text.data(), text.size(), secret_.data(), secret_.size());
  return {hash.high64, hash.low64};
}

}  // namespace sluice::journal

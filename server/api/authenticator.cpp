#include "api/authenticator.hpp"

#include <cstring>

#include "base/log.hpp"
#include "config_store/api_keys.hpp"
#include "config_store/store_error.hpp"

namespace sluice::api {
namespace {

constexpr std::string_view kScheme = "Bearer ";

bool has_bearer_scheme(std::string_view authorization) {
  if (authorization.size() <= kScheme.size()) return false;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    // Schemes are compared in any case (RFC 9110 section 11.1).
    if ((authorization[i] | 0x20) != (kScheme[i] | 0x20)) return false;
  }
  return true;
}

}  // namespace

Authenticator::Authenticator(store::ApiKeys& store, const base::Clock& clock)
    : store_(store), clock_(clock), changes_(store.change_counter()) {}

std::size_t Authenticator::HashDigest::operator()(const base::Digest& digest) const noexcept {
  std::size_t hash = 0;  // a digest is as good a hash as any
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

/// Errors: StoreError; std::bad_alloc.
std::optional<domain::ApiKey> Authenticator::find(std::string_view text) {
  // What is compared is a digest, so the time it takes tells nothing about a key's text.
  const base::Digest digest = base::sha256(text);
  std::uint64_t changes = 0;
  {
    const base::MutexLock lock(mutex_);
    changes = changes_;
    if (const auto found = keys_.find(digest); found != keys_.end()) return found->second;
  }
  std::optional<domain::ApiKey> key = store_.find_by_digest(digest);
  if (key) {
    const base::MutexLock lock(mutex_);
    if (keys_.size() >= kMostKeys) keys_.clear();
    // Not if refresh() ran meanwhile: the key may have been revoked since it was looked up.
    if (changes == changes_) keys_.insert_or_assign(digest, *key);
  }
  return key;
}

std::variant<domain::ApiKey, Refusal> Authenticator::check(std::string_view authorization,
                                                           domain::Permission wanted) {
  if (authorization.empty()) return Refusal{401, "Expected Authorization: Bearer sk_..."};
  const std::string_view text =
      has_bearer_scheme(authorization) ? authorization.substr(kScheme.size()) : "";
  if (!domain::is_api_key(text))
    return Refusal{401, "The API key is malformed; expected Authorization: Bearer sk_..."};

  std::optional<domain::ApiKey> key;
  try {
    key = find(text);
  } catch (const store::StoreError& error) {
    base::log_error("an API key cannot be looked up", {{"error", error.what()}});
    return Refusal{503, "The configuration cannot be read at present"};
  }
  if (!key || !key->is_valid_at(clock_.now()))
    return Refusal{401, "The API key is unknown, revoked or expired"};
  if (!key->permissions.allows(wanted))
    return Refusal{403, "The API key lacks the permission " +
                            std::string{domain::to_text(wanted)}};
  return std::move(*key);
}

void Authenticator::refresh() {
  const std::uint64_t changes = store_.change_counter();
  const base::MutexLock lock(mutex_);
  if (changes == changes_) return;
  changes_ = changes;
  keys_.clear();
}

}  // namespace sluice::api

// How many connections there may be, in total and from one address, over all I/O threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/ip_address.hpp"
#include "base/mutex.hpp"

namespace sluice::http {

/// Whose connections are counted together: an IPv4 address, or the first 64 bits of an IPv6 one,
/// which is what one customer of a network is given.
class PeerKey {
 public:
  explicit PeerKey(const base::IpAddress& address) noexcept;

  bool operator==(const PeerKey&) const noexcept = default;
  struct Hash {
    std::size_t operator()(const PeerKey& key) const noexcept;
  };

 private:
  std::uint64_t network_;
  std::uint64_t host_;  // 0 for IPv6
};

/// Thread safety: every member, from any thread. Once for each connection, so a lock is no cost.
class ConnectionLimits {
 public:
  enum class Verdict : std::uint8_t { admitted, too_many, too_many_of_address };

  /// What enter() said; one that was admitted is counted until its Admission ends.
  class Admission {
   public:
    Admission(Admission&& other) noexcept;
    Admission& operator=(Admission&&) = delete;
    ~Admission();
    Verdict verdict() const noexcept { return verdict_; }

    /// Counts an admitted connection of which the peer was not known as one of `peer`.
    /// Errors: std::bad_alloc, and then nothing has changed.
    Verdict assign(const PeerKey& peer);

   private:
    friend class ConnectionLimits;
    Admission(ConnectionLimits& limits, const std::optional<PeerKey>& peer,
              Verdict verdict) noexcept
        : limits_(&limits), peer_(peer), verdict_(verdict) {}

    ConnectionLimits* limits_;
    std::optional<PeerKey> peer_;
    Verdict verdict_;
  };

  ConnectionLimits(std::size_t in_total, std::size_t per_address) noexcept
      : in_total_(in_total), per_address_(per_address) {}

  /// Without a peer, as proxies have it who speak for many, only the total counts.
  /// Errors: std::bad_alloc, and then nothing has changed.
  Admission enter(const std::optional<PeerKey>& peer);

 private:
  Verdict count(const std::optional<PeerKey>& peer);
  Verdict count_of(const PeerKey& peer) SLUICE_REQUIRES(mutex_);
  void leave(const std::optional<PeerKey>& peer) noexcept;

  const std::size_t in_total_;
  const std::size_t per_address_;
  base::Mutex mutex_;
  std::size_t open_ SLUICE_GUARDED_BY(mutex_) = 0;
  std::unordered_map<PeerKey, std::size_t, PeerKey::Hash> of_address_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::http

#include "http/connection_limits.hpp"

#include <functional>
#include <utility>

namespace sluice::http {
namespace {

// As ::ffff:0:0/96 has IPv4 addresses, which tells them from those of IPv6.
constexpr std::uint64_t kMappedPrefix = std::uint64_t{0xffff} << 32U;

}  // namespace

PeerKey::PeerKey(const base::IpAddress& address) noexcept : network_(0), host_(0) {
  const base::IpAddress peer = address.unmapped();
  if (peer.family() == base::IpAddress::Family::v4) {
    host_ = kMappedPrefix | peer.host_order();
  } else {
    for (std::size_t index = 0; index < 8; ++index)
      network_ = network_ << 8U | peer.bytes()[index];
  }
}

std::size_t PeerKey::Hash::operator()(const PeerKey& key) const noexcept {
  return std::hash<std::uint64_t>{}((key.network_ ^ key.host_) * 0x9e3779b97f4a7c15U);
}

ConnectionLimits::Admission::Admission(Admission&& other) noexcept
    : limits_(std::exchange(other.limits_, nullptr)),
      peer_(other.peer_),
      verdict_(other.verdict_) {}

ConnectionLimits::Admission::~Admission() {
  if (limits_ != nullptr && verdict_ == Verdict::admitted) limits_->leave(peer_);
}

ConnectionLimits::Verdict ConnectionLimits::Admission::assign(const PeerKey& peer) {
  const base::MutexLock lock(limits_->mutex_);
  const Verdict verdict = limits_->count_of(peer);
  if (verdict == Verdict::admitted) peer_ = peer;
  return verdict;
}

ConnectionLimits::Admission ConnectionLimits::enter(const std::optional<PeerKey>& peer) {
  return {*this, peer, count(peer)};
}

ConnectionLimits::Verdict ConnectionLimits::count(const std::optional<PeerKey>& peer) {
  const base::MutexLock lock(mutex_);
  if (open_ >= in_total_) return Verdict::too_many;
  const Verdict verdict = peer ? count_of(*peer) : Verdict::admitted;
  if (verdict == Verdict::admitted) ++open_;
  return verdict;
}

ConnectionLimits::Verdict ConnectionLimits::count_of(const PeerKey& peer) {
  if (per_address_ == 0) return Verdict::too_many_of_address;
  std::size_t& open_of_address = of_address_.try_emplace(peer, 0).first->second;
  if (open_of_address >= per_address_) return Verdict::too_many_of_address;
  ++open_of_address;
  return Verdict::admitted;
}

void ConnectionLimits::leave(const std::optional<PeerKey>& peer) noexcept {
  const base::MutexLock lock(mutex_);
  --open_;
  if (!peer) return;
  const auto place = of_address_.find(*peer);
  if (place != of_address_.end() && --place->second == 0) of_address_.erase(place);
}

}  // namespace sluice::http

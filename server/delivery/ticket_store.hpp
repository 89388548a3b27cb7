// TLS sessions that can be resumed, by peer: a resumed handshake costs a third of a full one.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.hpp"

struct ssl_session_st;

namespace sluice::delivery {

struct FreeTlsSession {
  void operator()(ssl_session_st* session) const noexcept;
};
using TlsTicket = std::unique_ptr<ssl_session_st, FreeTlsSession>;

/// Thread safety: every member, from any thread.
class TicketStore {
 public:
  /// Tickets of at most `peers` peers are kept, those that were used last; no more than
  /// kTicketsAPeer of each.
  explicit TicketStore(std::size_t peers) : peers_(peers) {}

  static constexpr std::size_t kTicketsAPeer = 4;

  void keep(const std::string& peer, TlsTicket ticket);

  /// A ticket for a connection to `peer`, or null. One of TLS 1.3 is given out once (RFC 8446
  /// appendix C.4), one of TLS 1.2 stays.
  TlsTicket take(const std::string& peer);

 private:
  struct Entry {
    std::string peer;
    std::vector<TlsTicket> tickets;  // the newest is last
  };
  using Entries = std::list<Entry>;

  const std::size_t peers_;
  base::Mutex mutex_;
  Entries entries_ SLUICE_GUARDED_BY(mutex_);  // the last used is first
  std::unordered_map<std::string, Entries::iterator> places_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::delivery

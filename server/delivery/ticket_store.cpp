#include "delivery/ticket_store.hpp"

#include <openssl/ssl.h>

#include <utility>

namespace sluice::delivery {

void FreeTlsSession::operator()(ssl_session_st* session) const noexcept {
  SSL_SESSION_free(session);
}

void TicketStore::keep(const std::string& peer, TlsTicket ticket) {
  std::vector<TlsTicket> dropped;  // freed without the lock
  const base::MutexLock lock(mutex_);
  if (const auto at = places_.find(peer); at != places_.end()) {
    entries_.splice(entries_.begin(), entries_, at->second);
  } else {
    if (entries_.size() >= peers_) {
      if (entries_.empty()) return;
      dropped.swap(entries_.back().tickets);
      places_.erase(entries_.back().peer);
      entries_.pop_back();
    }
    entries_.push_front({peer, {}});
    places_.emplace(peer, entries_.begin());
  }
  std::vector<TlsTicket>& tickets = entries_.front().tickets;
  if (tickets.size() == kTicketsAPeer) {
    dropped.push_back(std::move(tickets.front()));
    tickets.erase(tickets.begin());
  }
  tickets.push_back(std::move(ticket));
}

TlsTicket TicketStore::take(const std::string& peer) {
  const base::MutexLock lock(mutex_);
  const auto at = places_.find(peer);
  if (at == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, at->second);
  std::vector<TlsTicket>& tickets = at->second->tickets;
  if (tickets.empty()) return nullptr;
  ssl_session_st* newest = tickets.back().get();
  if (SSL_SESSION_get_protocol_version(newest) < TLS1_3_VERSION) {
    SSL_SESSION_up_ref(newest);
    return TlsTicket{newest};
  }
  TlsTicket ticket = std::move(tickets.back());
  tickets.pop_back();
  return ticket;
}

}  // namespace sluice::delivery

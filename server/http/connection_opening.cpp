// How a connection begins: whose it is, when a proxy is in front, and what is told to those who do not
// get so far.
#include <span>

#include "base/log.hpp"
#include "http/connection.hpp"
#include "http/proxy_header.hpp"

namespace sluice::http {

void Connection::end_reading() {
  if (stream_.is_plain_http()) {
    stream_.become_plain();
    return refuse(400, "This port speaks TLS: the address begins with https://");
  }
  if (stream_.failure().empty() || !is_opening()) return close();
  reject(stream_.failure());
}

void Connection::set_peer(const base::IpAddress& peer) {
  const TrustedProxies& proxies = context_.options.proxies;
  session_.set_peer(peer.text(), proxies.contains(peer) ? &proxies : nullptr);
}

// True: it was there, and what follows can be read. It is taken from the socket only when it is whole,
// and nothing with it, so that whatever reads next begins where it should.
bool Connection::take_proxy_header() {
  const std::span<char> buffer = std::span(context_.read_buffer).first(ProxyHeader::kMostBytes);
  const Transfer peeked = stream_.plain().peek(buffer);
  if (peeked.outcome == Transfer::Outcome::would_block) {
    is_readable_ = false;
    return false;
  }
  const ProxyHeader header = read_proxy_header({buffer.data(), peeked.bytes});
  if (header.state == ProxyHeader::State::malformed) {
    reject("the PROXY header is missing or malformed");
    return false;
  }
  if (peeked.outcome != Transfer::Outcome::moved ||
      (header.state == ProxyHeader::State::incomplete && is_ending_)) {
    close();
    return false;
  }
  if (header.state == ProxyHeader::State::incomplete) {
    is_readable_ = false;  // an edge tells of the rest
    return false;
  }
  awaits_proxy_header_ = false;
  stream_.plain().read(buffer.first(header.bytes));
  return !header.client || assign(*header.client);
}

// True: the client may have one more connection.
bool Connection::assign(const base::IpAddress& client) {
  set_peer(client);
  if (context_.options.proxies.contains(client)) return true;
  if (admission_.assign(PeerKey(client)) == ConnectionLimits::Verdict::admitted) return true;
  context_.sessions.counters.refused_address_limit.add(1);
  if (stream_.is_open()) {
    refuse(503, "There are too many connections of this address");
  } else {
    close();  // a handshake is what there is no room for
  }
  return false;
}

// What opens the connection is wrong, and there is no way to say so.
void Connection::reject(std::string_view reason) {
  context_.sessions.counters.refused_malformed.add(1);
  base::log_debug("a connection was not opened",
                  {{"peer", session_.peer_address()}, {"error", reason}});
  close();
}

void Connection::refuse(int status, std::string_view message) {
  if (status == 400) context_.sessions.counters.refused_malformed.add(1);
  context_.sessions.write_refusal(output_, status, message);
  session_.stop();
  has_unread_ = true;
  flush();
}

}  // namespace sluice::http

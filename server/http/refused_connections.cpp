#include "http/refused_connections.hpp"

#include <sys/socket.h>

#include <utility>

#include "http/plain_stream.hpp"

namespace sluice::http {

void RefusedConnections::add(base::FileDescriptor socket, Instant now) {
  ::shutdown(socket.get(), SHUT_WR);
  if (refused_.size() == kMost) refused_.pop_front();
  refused_.push_back({std::move(socket), now});
}

void RefusedConnections::sweep(Instant now, std::span<char> buffer) {
  while (!refused_.empty() && now - refused_.front().since >= kPatience) {
    PlainStream(refused_.front().socket.get()).read(buffer);
    refused_.pop_front();
  }
}

}  // namespace sluice::http

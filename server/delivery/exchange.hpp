// One request on its way: what the client, its pools and its connections know of it.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <utility>

#include "delivery/event_loop.hpp"
#include "delivery/http_client.hpp"
#include "delivery/outbound.hpp"

namespace sluice::delivery {

class Connection;
class ConnectionPool;

/// Owned by the client until its receiver is called.
struct Exchange {
  Exchange(EventLoop& loop, std::function<void()> on_deadline)
      : deadline(loop, std::move(on_deadline)) {}

  /// Fills `framing`.
  void frame();

  HttpClient::RequestId id = 0;
  OutboundRequest request;
  HttpClient::Receiver receiver;
  OutboundResult result;  // `phase` and `may_have_been_sent` are kept up to date
  LoopTimer deadline;     // of the whole exchange
  EventLoop::TimePoint started;
  std::string framing;  // the header lines that the client adds, and the empty line

  ConnectionPool* pool = nullptr;
  Connection* connection = nullptr;      // the one that carries it or is opened for it
  std::list<Exchange*>::iterator place;  // in the pool's queue
  std::size_t next_address = 0;          // of the pool's
  bool is_queued = false;                // `place` is valid
  bool was_repeated = false;             // once, on a fresh connection
};

}  // namespace sluice::delivery

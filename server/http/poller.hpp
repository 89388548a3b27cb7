// Which sockets are ready: an epoll set of an I/O thread's own, one descriptor to Asio.
//
// Asio arms a socket anew for each wait, with a system call (5 % of a tiny request's CPU time);
// here a socket is added once, and edges are told for as long as it lives. It shows in
// `bench/e2e/http_vs_nginx`.
#pragma once

#include <cstdint>

#include "base/file_descriptor.hpp"

namespace sluice::http {

/// What an edge says of a socket; more than one may hold.
struct Readiness {
  bool is_readable = false;
  bool is_writable = false;
  bool is_ending = false;  // the peer has ended or broken the connection: read until the end
};

/// Who is told.
class Watched {
 public:
  /// May end the object, but no other Watched of the same Poller.
  virtual void on_ready(Readiness readiness) = 0;

 protected:
  ~Watched() = default;
};

/// Thread safety: one thread at a time. Lifetime: a Watched until its socket is closed, which is
/// what takes it out.
class Poller {
 public:
  /// Errors: std::system_error.
  Poller();

  /// Readable when poll() has something to tell.
  int descriptor() const noexcept { return epoll_.get(); }

  /// Tells `watched` when bytes arrive, also those that have. Errors: std::system_error.
  void add(int socket, Watched& watched);

  /// Tells it once more if it is ready now, and from here on also when it can be written to.
  /// Errors: std::system_error.
  void rearm(int socket, Watched& watched);

  /// Tells of what is ready, of a bounded number of sockets. Does not block.
  void poll();

 private:
  base::FileDescriptor epoll_;
};

}  // namespace sluice::http

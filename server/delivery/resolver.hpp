// Names to addresses without a wait in any loop: one thread asks about all names at once, so that a
// name whose server never answers delays no other.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "delivery/ip_address.hpp"

namespace sluice::delivery {

struct ResolverOptions {
  std::chrono::milliseconds timeout{5'000};        // of one question, repeats included
  std::chrono::milliseconds longest_life{60'000};  // of an answer, whatever its TTL says
  std::chrono::milliseconds shortest_life{1'000};
  std::chrono::milliseconds failure_life{2'000};
  std::size_t names = 65'536;     // whose answers are kept
  std::size_t questions = 1'024;  // on their way at once; more fail at once
  std::string servers;            // "127.0.0.1:5353,..." instead of the system's
};

struct Resolution {
  std::vector<IpAddress> addresses;  // never empty; IPv4 before IPv6
  std::chrono::steady_clock::time_point expires;
};
/// Or one sentence that says why there is none.
using ResolutionResult = std::variant<Resolution, std::string>;

/// Thread safety: every member, from any thread.
class Resolver {
 public:
  using Receiver = std::function<void(const ResolutionResult&)>;

  /// Errors: std::runtime_error when the system's list of name servers cannot be read.
  explicit Resolver(const ResolverOptions& options = {});
  ~Resolver();  // questions on their way get no answer
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Calls `receiver` once: on the resolver's thread or, for an address in text or an answer that is
  /// still alive, inside of this call. `host` is in lower case.
  void resolve(const std::string& host, Receiver receiver);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::delivery

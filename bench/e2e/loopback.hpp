// Connections to the brokers that are measured, which all listen on 127.0.0.1.
#pragma once

#include <cstdint>

namespace sluice::bench {

/// A connected socket without Nagle's delay, which the caller closes. Errors: std::runtime_error when
/// nothing listens at `port`.
int connect_to_loopback(std::uint16_t port);

}  // namespace sluice::bench

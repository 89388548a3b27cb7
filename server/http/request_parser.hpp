// Requests out of bytes: Beast's parser, closed where it is open (the .cpp says where).
// The head goes into an Exchange, the body comes back as views of the bytes that were given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "http/exchange.hpp"
#include "http/server_options.hpp"

namespace sluice::http {

/// Why a request was refused.
struct Refusal {
  int status = 0;
  std::string_view message = {};  // lives for ever
};

class RequestParser {
 public:
  /// Lifetime: `limits` outlives it.
  explicit RequestParser(const RequestLimits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Begins the next request. Lifetime: `exchange` until its head is complete.
  void start(Exchange& exchange);

  enum class Step : std::uint8_t {
    need_more,  // what is left of the bytes must come again, with more behind
    moved,      // call again
    head,       // the head is complete, and so is the request when is_done()
    fragment,   // a part of the body
    refused,
  };
  struct Advance {
    Step step;
    std::size_t used;               // bytes, also for need_more
    std::string_view fragment = {};  // a view of the bytes
  };
  /// One step. `bytes` is not empty, and the request is not done.
  Advance advance(std::string_view bytes);

  bool is_done() const noexcept;
  bool is_head_done() const noexcept;
  /// Whether the client wants the connection to go on.
  bool keeps_alive() const noexcept;
  /// Whether the client waits for `100 Continue` before it sends the body.
  bool expects_continue() const noexcept;
  /// So many bytes of the body are to come; where that is not known, the largest number there is.
  std::uint64_t remaining() const noexcept;
  /// So many bytes of the body are to come with nothing in between; 0 where that is not known.
  std::uint64_t remaining_in_one_piece() const noexcept;
  const Refusal& refusal() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http

// Reads one response off a stream of bytes: as much of HTTP/1.1 as a sender of webhooks needs, from
// a peer that is not trusted. Whatever leaves in doubt where a response ends also ends its
// connection, so that no doubt is carried over to the next one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::delivery {

struct Response {
  int status = 0;            // 0: no status line was read
  std::string retry_after;   // empty: not there, or not printable
  std::string content_type;  // likewise
  std::string body;          // at most the cap
  bool body_truncated = false;
};

/// Thread safety: none. Source: RFC 9112.
class ResponseParser {
 public:
  enum class Progress : std::uint8_t {
    incomplete,
    complete,
    malformed,  // not HTTP/1.x, or its framing contradicts itself
    too_large,  // the header section is over its limit
  };

  /// Forgets everything and awaits a response.
  void start(std::size_t header_limit, std::size_t body_cap);

  /// Takes bytes off the front of `rest`: all of them unless the response ends before. A body that
  /// grows past its cap completes the response, and then the connection cannot be kept.
  Progress feed(std::string_view& rest);

  /// The stream has ended: that completes a body without a length, and cuts everything else short
  /// (`incomplete`).
  Progress finish();

  /// Whether any byte came since start().
  bool has_begun() const noexcept { return has_begun_; }
  /// Whether the connection may carry another request; for a complete response.
  bool can_be_kept() const noexcept { return can_be_kept_; }
  /// What is known so far.
  Response& response() noexcept { return response_; }

 private:
  enum class State : std::uint8_t {
    status_line,
    field,
    body_of_length,
    body_until_end,
    chunk_size,
    chunk_data,
    chunk_end,
    trailer,
    complete
  };

  bool is_data() const noexcept;
  Progress feed_data(std::string_view& rest);
  Progress feed_line(std::string_view& rest);
  Progress read_line(std::string_view line);
  bool read_status_line(std::string_view line);
  bool read_field(std::string_view line);
  bool read_length(std::string_view value);
  bool read_coding(std::string_view value);
  bool read_chunk_size(std::string_view line);
  Progress end_header();
  Progress complete();
  void keep(std::string_view data);

  Response response_;
  std::string held_;  // the beginning of a line that has not ended yet
  std::string line_;  // a line that came in parts
  std::size_t header_limit_ = 0;
  std::size_t body_cap_ = 0;
  std::size_t section_bytes_ = 0;  // of header lines, of 1xx responses and trailers too
  std::uint64_t length_ = 0;       // of the body or the chunk: what is to come
  State state_ = State::complete;
  bool has_length_ = false;
  bool has_coding_ = false;
  bool is_chunked_ = false;
  bool may_fold_ = false;  // a line that goes on may follow: the last field frames nothing
  bool has_begun_ = false;
  bool can_be_kept_ = false;
};

}  // namespace sluice::delivery

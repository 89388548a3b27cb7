// A `sluice serve` process with a data directory of its own, and connections to it, for tests that meet
// the service over HTTP only. Beast's parser is a second opinion on its answers beside Python's.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <cstdint>
#include <string>

namespace sluice::walk {

namespace http = boost::beast::http;
using Answer = http::response<http::string_body>;

/// The service, from its first start to SIGTERM. Not thread-safe.
class Served {
 public:
  /// Starts it on a port of the kernel's choice and waits until it listens.
  /// @throws std::runtime_error if it does not
  Served();
  /// Kills what still runs, and removes the data directory.
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// The admin key of the organization that the first start made.
  const std::string& key() const noexcept { return key_; }

  /// Ends it by SIGTERM. Returns its exit status, or -1 if a signal ended it.
  int stop();

 private:
  void spawn(int out, int err);

  std::string directory_;
  std::string key_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

/// One kept connection that speaks with the service's admin key. Not thread-safe; each call fails after
/// a minute without an answer, by boost::system::system_error.
class Conversation {
 public:
  explicit Conversation(const Served& served);

  Answer call(http::verb method, const std::string& target, const std::string& body = {},
              const http::fields& headers = {});

  /// Writes requests without waiting for answers.
  void send(http::verb method, const std::string& target, const std::string& body = {},
            const http::fields& headers = {});
  /// The next answer; `method` is that of its request.
  Answer receive(http::verb method = http::verb::get);

 private:
  template <typename Start>
  void run(Start start);

  std::string host_;
  std::string key_;
  boost::asio::io_context context_;
  boost::beast::tcp_stream stream_{context_};
  boost::beast::flat_buffer buffer_;
};

/// The answer's body as JSON.
boost::json::value content(const Answer& answer);

}  // namespace sluice::walk

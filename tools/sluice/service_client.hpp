// The HTTP API of a running service as the admin commands use it: one call, one answer.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace sluice::tool {

/// Where the service is, whose word says so, and the key to it. add_to() adds --server, --ca-file and
/// --api-key, which overrule SLUICE_SERVER, SLUICE_CA_FILE and SLUICE_API_KEY; the key is better given
/// there, where other users of the machine cannot see it.
struct ServiceAddress {
  std::optional<std::string> server;
  std::optional<std::string> api_key;
  std::optional<std::string> ca_file;

  void add_to(CLI::App& app);
  /// Without a slash at its end.
  std::string url() const;
  /// Empty: the system's certificates.
  std::string trusted_file() const;
  /// Errors: Failure when there is none.
  std::string key() const;
};

struct ServiceAnswer {
  long status = 0;
  boost::json::value body;  // null where there was none
};

/// Thread safety: one thread at a time; the connection is kept between calls.
class ServiceClient {
 public:
  /// Errors: Failure when there is no key.
  explicit ServiceClient(const ServiceAddress& address);
  ~ServiceClient();
  ServiceClient(const ServiceClient&) = delete;
  ServiceClient& operator=(const ServiceClient&) = delete;

  /// Errors: Failure when the service cannot be reached or does not answer with JSON.
  ServiceAnswer call(std::string_view method, std::string_view path,
                     const boost::json::value& body = {});

  /// call(), and Failure with the service's own words unless the answer is 2xx.
  boost::json::value expect(std::string_view method, std::string_view path,
                            const boost::json::value& body = {});

 private:
  struct Connection;
  std::string url_;
  std::string ca_file_;
  std::unique_ptr<Connection> connection_;
};

/// A part of a path, percent-encoded.
std::string path_part(std::string_view text);

/// What an error envelope says, every validation error and webhook_id on a line of its own.
std::string explain(const ServiceAnswer& answer);

/// Validation errors, each on a new line of its own.
std::string problem_lines(const boost::json::array& problems);

}  // namespace sluice::tool

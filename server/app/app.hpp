// The whole service: builds the parts, starts them in order, and stops them in the opposite one.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "settings/settings.hpp"

namespace sluice::app {

/// The organisation and the admin key that a first start makes. The key is shown this once.
struct FirstKey {
  std::string organisation;
  std::string key;
};

/// Thread safety: one thread at a time.
class App {
 public:
  /// Opens the data directory and recovers what is in it; nobody is served yet.
  /// Errors: std::exception, whose text says what to do.
  explicit App(const Settings& settings);
  ~App();  // as stop()
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Only if the data directory was new.
  const std::optional<FirstKey>& first_key() const noexcept;

  /// Listens, serves and delivers. Errors: std::exception.
  void start();
  /// Where it listens: "http://127.0.0.1:8080", or with https.
  std::string url() const;

  /// Takes over what of `settings` can change while the service runs: what is logged and how, and the
  /// certificate and key of TLS, whose files are read again; if they cannot be used, the old ones
  /// stay. Of the rest the log says that it waits for the next start.
  void reload(const Settings& settings);

  /// Accepts nothing new, finishes the requests that have begun, lets deliveries that are on their
  /// way end, all within the setting shutdown.timeout, and writes what it knows.
  void stop();

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::app

// A name server on loopback, over UDP and TCP, that says what a test tells it to, or nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::testkit {

/// What it knows of one name.
struct NameRecord {
  std::vector<std::string> addresses;  // IPv4 and IPv6 in text; none: the name does not exist
  std::uint32_t ttl = 60;
  bool is_silent = false;  // questions about it get no answer
  std::vector<std::string> flips_to = {};  // what the next answer has; then the first again
};

class FakeNameServer {
 public:
  explicit FakeNameServer(std::map<std::string, NameRecord> records);
  ~FakeNameServer();
  FakeNameServer(const FakeNameServer&) = delete;
  FakeNameServer& operator=(const FakeNameServer&) = delete;

  void set(const std::string& name, NameRecord record);
  /// 127.0.0.1:PORT
  std::string address() const;
  /// Questions about IPv4 addresses of `name`, so far.
  int questions(const std::string& name) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::testkit

// Questions to name servers that are on their way together, by c-ares: getaddrinfo(3) would need a
// thread for each, and names that are made to hang would take all of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "delivery/resolver.hpp"

struct ares_channeldata;
struct ares_addrinfo;

namespace sluice::delivery {

/// Thread safety: one thread at a time.
class DnsQuestions {
 public:
  using Receiver = std::function<void(ResolutionResult)>;

  /// Errors: std::runtime_error when c-ares cannot be set up.
  explicit DnsQuestions(const ResolverOptions& options);
  ~DnsQuestions();  // what is on its way gets no answer
  DnsQuestions(const DnsQuestions&) = delete;
  DnsQuestions& operator=(const DnsQuestions&) = delete;

  /// Asks for the addresses of `host`; `receiver` is called in here or in wait().
  void ask(const std::string& host, Receiver receiver);

  /// Waits for name servers, or for `wake` to be readable, and deals with what came.
  void wait(int wake);

  std::size_t size() const noexcept { return questions_.size(); }

 private:
  struct Question {
    DnsQuestions* owner;
    std::string host;
    Receiver receiver;  // empty: it was answered for want of time
    std::chrono::steady_clock::time_point deadline;
    std::list<Question>::iterator place;
  };
  static void take_answer(void* question, int status, int repeats, ares_addrinfo* answer);
  static void note_socket(void* self, int socket, int wants_read, int wants_write);
  ResolutionResult read_answer(const Question& question, int status,
                               const ares_addrinfo* answer) const;
  int patience() const;
  void expire();

  const ResolverOptions options_;
  std::list<Question> questions_;  // by deadline
  std::map<int, short> sockets_;   // what poll(2) should wait for
  bool is_ending_ = false;
  ares_channeldata* channel_ = nullptr;
};

}  // namespace sluice::delivery

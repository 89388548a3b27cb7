#include "delivery/dns_questions.hpp"

#include <ares.h>
#include <poll.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace sluice::delivery {
namespace {

constexpr int kTries = 2;  // of each server; the second waits twice as long

void set_up_library() {
  static std::once_flag once;
  std::call_once(once, [] { ares_library_init(ARES_LIB_INIT_ALL); });
}

void require(int status, const char* what) {
  if (status != ARES_SUCCESS)
    throw std::runtime_error(std::string{what} + ": " + ares_strerror(status));
}

}  // namespace

DnsQuestions::DnsQuestions(const ResolverOptions& options) : options_(options) {
  set_up_library();
  ares_options settings{};
  settings.flags = ARES_FLAG_NOSEARCH;  // a name means itself, not one of the local network
  settings.timeout = static_cast<int>(options.timeout.count() / (kTries + 1));
  settings.tries = kTries;
  settings.sock_state_cb = note_socket;
  settings.sock_state_cb_data = this;
  require(ares_init_options(
              &channel_, &settings,
              ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB),
          "cannot read the list of name servers");
  if (options.servers.empty()) return;
  const int status = ares_set_servers_ports_csv(channel_, options.servers.c_str());
  if (status != ARES_SUCCESS) ares_destroy(channel_);
  require(status, "cannot use these name servers");
}

DnsQuestions::~DnsQuestions() {
  is_ending_ = true;
  ares_destroy(channel_);
}

void DnsQuestions::note_socket(void* self, int socket, int wants_read, int wants_write) {
  auto& sockets = static_cast<DnsQuestions*>(self)->sockets_;
  const int events = (wants_read != 0 ? POLLIN : 0) | (wants_write != 0 ? POLLOUT : 0);
  if (events == 0)
    sockets.erase(socket);
  else
    sockets[socket] = static_cast<short>(events);
}

void DnsQuestions::ask(const std::string& host, Receiver receiver) {
  Question& question = questions_.emplace_back();
  question.owner = this;
  question.host = host;
  question.receiver = std::move(receiver);
  question.deadline = std::chrono::steady_clock::now() + options_.timeout;
  question.place = std::prev(questions_.end());
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NOSORT;
  ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, take_answer, &question);
}

void DnsQuestions::take_answer(void* asked, int status, int, ares_addrinfo* answer) {
  auto& question = *static_cast<Question*>(asked);
  DnsQuestions& self = *question.owner;
  const Receiver receiver = std::move(question.receiver);
  ResolutionResult result = self.read_answer(question, status, answer);
  if (answer != nullptr) ares_freeaddrinfo(answer);
  self.questions_.erase(question.place);
  if (receiver && !self.is_ending_) receiver(std::move(result));
}

ResolutionResult DnsQuestions::read_answer(const Question& question, int status,
                                           const ares_addrinfo* answer) const {
  Resolution resolution;
  std::chrono::milliseconds life = options_.longest_life;
  if (status == ARES_SUCCESS) {
    for (const auto* name = answer->cnames; name != nullptr; name = name->next)
      life = std::min<std::chrono::milliseconds>(life, std::chrono::seconds{name->ttl});
    for (const auto* node = answer->nodes; node != nullptr; node = node->ai_next) {
      life = std::min<std::chrono::milliseconds>(life, std::chrono::seconds{node->ai_ttl});
      if (const auto address = IpAddress::from_sockaddr(node->ai_addr, node->ai_addrlen))
        resolution.addresses.push_back(*address);
    }
  }
  if (resolution.addresses.empty()) {
    const char* why = status == ARES_SUCCESS ? "it has no address" : ares_strerror(status);
    return "cannot resolve " + question.host + ": " + why;
  }
  std::stable_sort(resolution.addresses.begin(), resolution.addresses.end(),
                   [](const IpAddress& a, const IpAddress& b) { return a.family() < b.family(); });
  resolution.expires = std::chrono::steady_clock::now() + std::max(life, options_.shortest_life);
  return resolution;
}

/// How long poll(2) may wait: for c-ares, which repeats questions, and for the earliest deadline of
/// those that somebody waits for still.
int DnsQuestions::patience() const {
  if (questions_.empty()) return -1;
  std::int64_t longest = 60'000;
  timeval room{};
  if (const timeval* repeat = ares_timeout(channel_, nullptr, &room))
    longest = std::min<std::int64_t>(longest, repeat->tv_sec * 1000 + repeat->tv_usec / 1000 + 1);
  const auto first = std::find_if(questions_.begin(), questions_.end(),
                                  [](const Question& each) { return each.receiver != nullptr; });
  if (first != questions_.end()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        first->deadline - std::chrono::steady_clock::now());
    longest = std::min<std::int64_t>(longest, left.count());
  }
  return static_cast<int>(std::max<std::int64_t>(longest, 0));
}

void DnsQuestions::wait(int wake) {
  std::vector<pollfd> waits = {{wake, POLLIN, 0}};
  for (const auto& [socket, events] : sockets_) waits.push_back({socket, events, 0});
  ::poll(waits.data(), waits.size(), patience());
  for (auto at = waits.begin() + 1; at != waits.end(); ++at) {
    const bool is_readable = (at->revents & (POLLIN | POLLERR | POLLHUP)) != 0;
    const bool is_writable = (at->revents & POLLOUT) != 0;
    // c-ares may have closed it while it dealt with another.
    if ((is_readable || is_writable) && sockets_.count(at->fd) != 0)
      ares_process_fd(channel_, is_readable ? at->fd : ARES_SOCKET_BAD,
                      is_writable ? at->fd : ARES_SOCKET_BAD);
  }
  ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what is to be repeated
  expire();
}

/// c-ares' patience grows with each server that is tried; ours does not.
void DnsQuestions::expire() {
  const auto now = std::chrono::steady_clock::now();
  for (auto at = questions_.begin(); at != questions_.end() && at->deadline <= now;) {
    Question& question = *at++;
    if (const Receiver receiver = std::exchange(question.receiver, nullptr))
      receiver("cannot resolve " + question.host + ": no name server answered in time");
  }
}

}  // namespace sluice::delivery

#include "delivery/resolver.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <iterator>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/mutex.hpp"
#include "delivery/dns_questions.hpp"

namespace sluice::delivery {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

base::FileDescriptor make_wake() {
  const int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return base::FileDescriptor{descriptor};
}

}  // namespace

struct Resolver::Impl {
  explicit Impl(const ResolverOptions& given)
      : options(given), questions(given), thread([this] { run(); }) {}
  ~Impl();

  struct Name {
    ResolutionResult result;
    TimePoint expires = TimePoint::min();  // of the result
    std::vector<Receiver> waiting;         // while the question is on its way, never empty
  };

  void resolve(const std::string& host, Receiver receiver);
  void make_room() SLUICE_REQUIRES(mutex);
  void run();
  void answer(const std::string& host, ResolutionResult result);

  const ResolverOptions options;
  const base::FileDescriptor wake = make_wake();
  base::Mutex mutex;
  std::unordered_map<std::string, Name> names SLUICE_GUARDED_BY(mutex);
  std::vector<std::string> asked SLUICE_GUARDED_BY(mutex);  // the thread has not seen them yet
  std::size_t on_their_way SLUICE_GUARDED_BY(mutex) = 0;
  TimePoint next_clearing SLUICE_GUARDED_BY(mutex){};
  bool is_stopping SLUICE_GUARDED_BY(mutex) = false;
  DnsQuestions questions;  // the thread's own
  std::thread thread;
};

Resolver::Impl::~Impl() {
  {
    const base::MutexLock lock(mutex);
    is_stopping = true;
  }
  eventfd_write(wake.get(), 1);
  thread.join();
}

void Resolver::Impl::resolve(const std::string& host, Receiver receiver) {
  ResolutionResult known;
  {
    const base::MutexLock lock(mutex);
    const auto at = names.find(host);
    if (at != names.end() && !at->second.waiting.empty()) {
      at->second.waiting.push_back(std::move(receiver));
      return;
    }
    if (at != names.end() && std::chrono::steady_clock::now() < at->second.expires) {
      known = at->second.result;
    } else if (on_their_way >= options.questions) {
      known = "cannot resolve " + host + ": too many names are being resolved";
    } else {
      if (at == names.end()) make_room();
      auto& waiting = names[host].waiting;
      waiting.reserve(1);  // so that nobody waits who is not asked for
      asked.push_back(host);
      waiting.push_back(std::move(receiver));
      ++on_their_way;
      eventfd_write(wake.get(), 1);
      return;
    }
  }
  receiver(known);
}

/// Looks for expired names now and then only, as that takes long; otherwise any one goes.
void Resolver::Impl::make_room() {
  if (names.size() < options.names) return;
  const auto now = std::chrono::steady_clock::now();
  if (now >= next_clearing) {
    next_clearing = now + std::chrono::seconds{1};
    std::erase_if(names, [now](const auto& name) {
      return name.second.waiting.empty() && name.second.expires <= now;
    });
  }
  for (auto at = names.begin(); at != names.end() && names.size() >= options.names;)
    at = at->second.waiting.empty() ? names.erase(at) : std::next(at);
}

void Resolver::Impl::run() {
  while (true) {
    std::vector<std::string> hosts;
    {
      const base::MutexLock lock(mutex);
      if (is_stopping) return;
      hosts.swap(asked);
    }
    for (const std::string& host : hosts)
      questions.ask(host,
                    [this, host](ResolutionResult result) { answer(host, std::move(result)); });
    questions.wait(wake.get());
    eventfd_t count = 0;
    eventfd_read(wake.get(), &count);
  }
}

void Resolver::Impl::answer(const std::string& host, ResolutionResult result) {
  std::vector<Receiver> receivers;
  {
    const base::MutexLock lock(mutex);
    Name& name = names[host];
    const auto* resolution = std::get_if<Resolution>(&result);
    name.expires = resolution != nullptr ? resolution->expires
                                         : std::chrono::steady_clock::now() + options.failure_life;
    name.result = result;
    receivers.swap(name.waiting);
    --on_their_way;
  }
  for (const Receiver& receiver : receivers) receiver(result);
}

Resolver::Resolver(const ResolverOptions& options) : impl_(std::make_unique<Impl>(options)) {}

Resolver::~Resolver() = default;

void Resolver::resolve(const std::string& host, Receiver receiver) {
  if (const auto address = IpAddress::parse(host))
    return receiver(Resolution{{*address}, TimePoint::max()});
  impl_->resolve(host, std::move(receiver));
}

}  // namespace sluice::delivery

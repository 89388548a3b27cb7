#include "fake_name_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "base/file_descriptor.hpp"
#include "base/mutex.hpp"

namespace sluice::testkit {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kDatagramBytes = 512;  // a longer answer is to be asked for again over TCP
constexpr std::uint16_t kTypeA = 1;
constexpr std::uint16_t kTypeAaaa = 28;

void put16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value >> 8U);
  out += static_cast<char>(value);
}

std::uint16_t get16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8U |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

/// The name of the question, and where it ends.
std::string read_name(std::string_view query, std::size_t& at) {
  std::string name;
  while (at < query.size() && query[at] != 0) {
    const auto size = static_cast<std::size_t>(query[at]);
    if (!name.empty()) name += '.';
    name += query.substr(at + 1, size);
    at += size + 1;
  }
  ++at;
  return name;
}

/// Source: RFC 1035 section 4.1.
std::string answer_to(std::string_view query, std::size_t question_end, std::uint16_t type,
                      const NameRecord& record) {
  std::string answers;
  std::uint32_t count = 0;
  for (const std::string& text : record.addresses) {
    char bytes[16];
    const bool is_v6 = text.find(':') != std::string::npos;
    if (is_v6 != (type == kTypeAaaa)) continue;
    inet_pton(is_v6 ? AF_INET6 : AF_INET, text.c_str(), bytes);
    put16(answers, 0xc00c);  // the name of the question
    put16(answers, type);
    put16(answers, 1);
    put16(answers, record.ttl >> 16U);
    put16(answers, record.ttl & 0xffffU);
    put16(answers, is_v6 ? 16 : 4);
    answers.append(bytes, is_v6 ? 16 : 4);
    ++count;
  }
  std::string out{query.substr(0, 2)};
  put16(out, record.addresses.empty() ? 0x8183 : 0x8180);  // NXDOMAIN or no error
  put16(out, 1);
  put16(out, count);
  put16(out, 0);
  put16(out, 0);
  out += query.substr(kHeaderBytes, question_end - kHeaderBytes);
  return out + answers;
}

/// The question again, and that the answer does not fit.
std::string truncated(std::string_view reply, std::size_t question_end) {
  std::string out{reply.substr(0, question_end)};
  out[2] = static_cast<char>(out[2] | 2);
  out[6] = out[7] = 0;
  return out;
}

template <class Send>
void send_all(std::string_view bytes, Send send) {
  while (!bytes.empty()) {
    const ssize_t sent = send(bytes);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// One port of both protocols.
struct Sockets {
  Sockets() {
    // The kernel chooses a port of one protocol, which may be taken in the other: then another.
    for (int attempt = 0; attempt < 100; ++attempt) {
      sockaddr_in loopback{};
      loopback.sin_family = AF_INET;
      loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      stream = base::FileDescriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
      datagram = base::FileDescriptor{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
      if (!bind_to(stream, loopback) || ::listen(stream.get(), 16) != 0) continue;
      socklen_t size = sizeof(loopback);
      ::getsockname(stream.get(), reinterpret_cast<sockaddr*>(&loopback), &size);
      if (bind_to(datagram, loopback)) return;
    }
    throw std::runtime_error("cannot bind to loopback");
  }

  static bool bind_to(const base::FileDescriptor& one, const sockaddr_in& address) {
    return ::bind(one.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }

  base::FileDescriptor datagram;
  base::FileDescriptor stream;
};

}  // namespace

struct FakeNameServer::Impl {
  explicit Impl(std::map<std::string, NameRecord> given) : records(std::move(given)) {}

  void run() {
    while (true) {
      pollfd waits[] = {{sockets.datagram.get(), POLLIN, 0},
                        {stop.get(), POLLIN, 0},
                        {sockets.stream.get(), POLLIN, 0}};
      ::poll(waits, 3, -1);
      if (waits[1].revents != 0) return;
      if (waits[0].revents != 0) answer_datagram();
      if (waits[2].revents != 0) answer_stream();
    }
  }

  void answer_datagram() {
    char buffer[512];
    sockaddr_in from{};
    socklen_t size = sizeof(from);
    const ssize_t count = ::recvfrom(sockets.datagram.get(), buffer, sizeof(buffer), 0,
                                     reinterpret_cast<sockaddr*>(&from), &size);
    if (count <= static_cast<ssize_t>(kHeaderBytes)) return;
    const std::string_view query{buffer, static_cast<std::size_t>(count)};
    std::string reply = reply_to(query);
    std::size_t question_end = kHeaderBytes;
    read_name(query, question_end);
    if (reply.size() > kDatagramBytes) reply = truncated(reply, question_end + 4);
    if (!reply.empty())
      ::sendto(sockets.datagram.get(), reply.data(), reply.size(), 0,
               reinterpret_cast<const sockaddr*>(&from), size);
  }

  /// Source: RFC 1035 section 4.2.2. One question a connection at a time, each read in one piece.
  void answer_stream() {
    const base::FileDescriptor peer{
        ::accept4(sockets.stream.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    char buffer[514];
    for (;;) {
      const ssize_t count = ::recv(peer.get(), buffer, sizeof(buffer), 0);
      if (count <= static_cast<ssize_t>(kHeaderBytes) + 2) return;
      for (std::string_view rest{buffer, static_cast<std::size_t>(count)}; rest.size() > 2;) {
        const std::size_t length = get16(rest, 0);
        const std::string reply = reply_to(rest.substr(2, length));
        rest.remove_prefix(std::min(rest.size(), length + 2));
        std::string framed;
        put16(framed, static_cast<std::uint32_t>(reply.size()));
        framed += reply;
        send_all(framed, [&](std::string_view bytes) {
          return ::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        });
      }
    }
  }

  std::string reply_to(std::string_view query) {
    std::size_t at = kHeaderBytes;
    const std::string name = read_name(query, at);
    const std::uint16_t type = get16(query, at);
    const base::MutexLock lock(mutex);
    if (type == kTypeA) ++asked[name];
    const auto found = records.find(name);
    if (found == records.end()) return answer_to(query, at + 4, type, {});
    NameRecord& record = found->second;
    if (record.is_silent) return {};
    const std::string reply = answer_to(query, at + 4, type, record);
    if (!record.flips_to.empty() && type == kTypeA) std::swap(record.addresses, record.flips_to);
    return reply;
  }

  const Sockets sockets;
  const base::FileDescriptor stop{eventfd(0, EFD_CLOEXEC)};
  base::Mutex mutex;
  std::map<std::string, NameRecord> records SLUICE_GUARDED_BY(mutex);
  std::map<std::string, int> asked SLUICE_GUARDED_BY(mutex);
  std::jthread thread{[this] { run(); }};
};

FakeNameServer::FakeNameServer(std::map<std::string, NameRecord> records)
    : impl_(std::make_unique<Impl>(std::move(records))) {}

FakeNameServer::~FakeNameServer() {
  eventfd_write(impl_->stop.get(), 1);
  impl_->thread.join();
}

void FakeNameServer::set(const std::string& name, NameRecord record) {
  const base::MutexLock lock(impl_->mutex);
  impl_->records[name] = std::move(record);
}

std::string FakeNameServer::address() const {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(impl_->sockets.datagram.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

int FakeNameServer::questions(const std::string& name) const {
  const base::MutexLock lock(impl_->mutex);
  const auto at = impl_->asked.find(name);
  return at == impl_->asked.end() ? 0 : at->second;
}

}  // namespace sluice::testkit

// A library for LD_PRELOAD that stands between the service and the C library and lets a call on a file
// end the process, fail, or take its time: named points of failure that cost the product no line.
//
// SLUICE_SHIM holds rules, separated by '|', each of words separated by ',':
//   call=fdatasync   write, pwrite, pwritev, fdatasync, fsync, rename, ftruncate, fallocate, open (for
//                    writing), or "change": any of these
//   path=/journal/   a part of the file's path; with a '$' behind it, the end of it
//   nth=3            the third such call, which is then the only one; without it: every one
//   gate=PATH        only while this file exists
//   do=kill          SIGKILL instead of the call; kill_after: after it; tear: after half of its bytes;
//                    EIO, ENOSPC, EROFS, EMFILE: the call fails so; delay: it comes 20 ms later
//
// Roles:      any thread calls in; rules are read once, at the first call.
// Invariants: `seen` only counts.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <string>
#include <string_view>

namespace {

enum class Deed { kill, kill_after, tear, fail, delay };

struct Rule {
  std::string call;
  std::string path;
  std::string gate;
  int nth = 0;
  Deed deed = Deed::kill;
  int error = 0;
  std::atomic<int> seen{0};
};

void set_deed(Rule& rule, std::string_view text) {
  constexpr std::array<std::pair<std::string_view, int>, 4> kErrors{
      {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EROFS", EROFS}, {"EMFILE", EMFILE}}};
  for (const auto& [name, error] : kErrors)
    if (text == name) rule.error = error;
  rule.deed = text == "kill"         ? Deed::kill
              : text == "kill_after" ? Deed::kill_after
              : text == "tear"       ? Deed::tear
              : text == "delay"      ? Deed::delay
                                     : Deed::fail;
}

/// Cuts the text before the next `end` off `text`.
std::string_view take_until(std::string_view& text, char end) {
  const std::size_t size = std::min(text.find(end), text.size());
  const std::string_view piece = text.substr(0, size);
  text.remove_prefix(std::min(size + 1, text.size()));
  return piece;
}

std::deque<Rule> read_rules() {
  std::deque<Rule> rules;
  const char* const given = std::getenv("SLUICE_SHIM");
  for (std::string_view rest = given == nullptr ? "" : given; !rest.empty();) {
    Rule& rule = rules.emplace_back();
    for (std::string_view words = take_until(rest, '|'); !words.empty();) {
      std::string_view value = take_until(words, ',');
      const std::string_view name = take_until(value, '=');
      if (name == "call") rule.call = value;
      if (name == "path") rule.path = value;
      if (name == "gate") rule.gate = value;
      if (name == "nth") rule.nth = std::atoi(std::string{value}.c_str());
      if (name == "do") set_deed(rule, value);
    }
  }
  return rules;
}

std::string path_of(int fd) {
  std::array<char, PATH_MAX> path{};
  std::array<char, 32> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
  const ssize_t size = ::readlink(link.data(), path.data(), path.size());
  return size <= 0 ? std::string{} : std::string{path.data(), static_cast<std::size_t>(size)};
}

bool has_path(const Rule& rule, std::string_view path) {
  std::string_view wanted = rule.path;
  if (!wanted.ends_with('$')) return path.find(wanted) != std::string_view::npos;
  wanted.remove_suffix(1);
  return path.ends_with(wanted);
}

/// The rule that this call is to meet now; null: none.
const Rule* rule_for(std::string_view call, const std::string& path) {
  static std::deque<Rule> rules = read_rules();
  for (Rule& rule : rules) {
    if (rule.call != call && rule.call != "change") continue;
    if (!has_path(rule, path)) continue;
    if (!rule.gate.empty() && ::access(rule.gate.c_str(), F_OK) != 0) continue;
    // relaxed: which of two calls at once is the nth does not matter.
    if (rule.nth == 0 || rule.seen.fetch_add(1, std::memory_order_relaxed) + 1 == rule.nth)
      return &rule;
  }
  return nullptr;
}

[[noreturn]] void end_process() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

/// Makes the call, or what the rule says. `tear` makes the half of it that still happens.
template <class Call, class Tear>
auto obey(const Rule* rule, Call call, Tear tear) -> decltype(call()) {
  if (rule == nullptr) return call();
  switch (rule->deed) {
    case Deed::kill: end_process();
    case Deed::tear: tear(); end_process();
    case Deed::kill_after: call(); end_process();
    case Deed::fail: errno = rule->error; return -1;
    case Deed::delay: break;
  }
  constexpr timespec kDelay{0, 20'000'000};
  ::nanosleep(&kDelay, nullptr);
  return call();
}

template <class Call>
auto obey(const Rule* rule, Call call) -> decltype(call()) {
  return obey(rule, call, [] {});
}

/// The C library's own.
template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

template <class... Arguments>
using Call = ssize_t (*)(Arguments...);
template <class... Arguments>
using IntCall = int (*)(Arguments...);

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = next<Call<int, const void*, size_t>>("write");
  return obey(
      rule_for("write", path_of(fd)), [&] { return real(fd, bytes, size); },
      [&] { real(fd, bytes, size / 2); });
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  static const auto real = next<Call<int, const void*, size_t, off64_t>>("pwrite64");
  return obey(
      rule_for("pwrite", path_of(fd)), [&] { return real(fd, bytes, size, at); },
      [&] { real(fd, bytes, size / 2, at); });
}

ssize_t pwritev(int fd, const iovec* pieces, int count, off_t at) {
  static const auto real = next<Call<int, const iovec*, int, off_t>>("pwritev");
  static const auto plain = next<Call<int, const void*, size_t, off64_t>>("pwrite64");
  const auto tear = [&] {
    // All pieces but the last ones, and half of the longest.
    off_t end = at;
    for (int i = 0; i < (count + 1) / 2; ++i) {
      const bool is_last = i + 1 == (count + 1) / 2;
      plain(fd, pieces[i].iov_base, is_last ? pieces[i].iov_len / 2 : pieces[i].iov_len, end);
      end += static_cast<off_t>(pieces[i].iov_len);
    }
  };
  return obey(
      rule_for("pwritev", path_of(fd)), [&] { return real(fd, pieces, count, at); }, tear);
}

int fdatasync(int fd) {
  static const auto real = next<IntCall<int>>("fdatasync");
  return obey(rule_for("fdatasync", path_of(fd)), [&] { return real(fd); });
}

int fsync(int fd) {
  static const auto real = next<IntCall<int>>("fsync");
  return obey(rule_for("fsync", path_of(fd)), [&] { return real(fd); });
}

int rename(const char* from, const char* to) noexcept {
  static const auto real = next<IntCall<const char*, const char*>>("rename");
  return obey(rule_for("rename", to), [&] { return real(from, to); });
}

int ftruncate(int fd, off_t size) noexcept {
  static const auto real = next<IntCall<int, off_t>>("ftruncate");
  return obey(rule_for("ftruncate", path_of(fd)), [&] { return real(fd, size); });
}

int ftruncate64(int fd, off64_t size) noexcept { return ftruncate(fd, size); }

int fallocate(int fd, int mode, off_t at, off_t size) {
  static const auto real = next<IntCall<int, int, off_t, off_t>>("fallocate");
  return obey(rule_for("fallocate", path_of(fd)), [&] { return real(fd, mode, at, size); });
}

int open(const char* path, int flags, ...) {
  static const auto real = next<int (*)(const char*, int, ...)>("open");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  const bool is_for_writing = (flags & O_ACCMODE) != O_RDONLY;
  return obey(is_for_writing ? rule_for("open", path) : nullptr,
              [&] { return real(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open(path, flags, mode);
}

}  // extern "C"

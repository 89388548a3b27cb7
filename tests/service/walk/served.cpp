#include "service/walk/served.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

extern char** environ;

namespace sluice::walk {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;

/// What follows `mark` in a whole line of the file, once there is such a line.
std::string line_after(const std::string& path, const std::string& mark) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line) && !file.eof();) {
      if (const auto at = line.find(mark); at != std::string::npos)
        return line.substr(at + mark.size());
    }
    std::this_thread::sleep_for(10ms);
  }
  throw std::runtime_error(path + " never had a line with: " + mark);
}

int opened(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error("cannot write " + path);
  return file;
}

}  // namespace

Served::Served() {
  std::string name = std::filesystem::temp_directory_path() / "sluice-walk-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = name;
  const int out = opened(directory_ + "/out");
  const int err = opened(directory_ + "/err");
  spawn(out, err);
  ::close(out);
  ::close(err);
  const std::string address = line_after(directory_ + "/err", "listening on http://127.0.0.1:");
  port_ = static_cast<std::uint16_t>(std::stoul(address));
  key_ = line_after(directory_ + "/out", "admin key (shown this once): ");
}

Served::~Served() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Served::spawn(int out, int err) {
  const char* program = std::getenv("SLUICE_PROGRAM");
  if (program == nullptr) throw std::runtime_error("SLUICE_PROGRAM names no program");
  std::vector<std::string> words{program,          "serve",      "--listen",
                                 "127.0.0.1:0",    "--data-dir", directory_ + "/data",
                                 "--egress-allow", "127.0.0.0/8"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  const int failure =
      ::posix_spawn(&process_, program, &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error(std::string("cannot start ") + program);
}

int Served::stop() {
  ::kill(process_, SIGTERM);
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Conversation::Conversation(const Served& served)
    : host_("127.0.0.1:" + std::to_string(served.port())), key_(served.key()) {
  stream_.connect({boost::asio::ip::address_v4::loopback(), served.port()});
}

template <typename Start>
void Conversation::run(Start start) {
  boost::system::error_code result;
  stream_.expires_after(kPatience);
  start([&result](boost::system::error_code error, std::size_t) { result = error; });
  context_.restart();
  context_.run();
  if (result) throw boost::system::system_error(result);
}

void Conversation::send(http::verb method, const std::string& target, const std::string& body,
                        const http::fields& headers) {
  http::request<http::string_body> request{method, target, 11, body};
  for (const auto& header : headers) request.set(header.name_string(), header.value());
  request.set(http::field::host, host_);
  request.set(http::field::authorization, "Bearer " + key_);
  if (!body.empty() && request[http::field::content_type].empty())
    request.set(http::field::content_type, "application/json");
  request.prepare_payload();
  run([&](auto done) { http::async_write(stream_, request, done); });
}

Answer Conversation::receive(http::verb method) {
  http::response_parser<http::string_body> parser;
  parser.skip(method == http::verb::head);
  run([&](auto done) { http::async_read(stream_, buffer_, parser, done); });
  return parser.release();
}

Answer Conversation::call(http::verb method, const std::string& target, const std::string& body,
                          const http::fields& headers) {
  send(method, target, body, headers);
  return receive(method);
}

boost::json::value content(const Answer& answer) { return boost::json::parse(answer.body()); }

}  // namespace sluice::walk

// The HTTP server with a handler that does nothing: what is left is the cost of HTTP itself, which
// http_vs_nginx compares with nginx.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <memory>
#include <utility>

#include "base/clock.hpp"
#include "http/server.hpp"

namespace {

namespace http = sluice::http;

// Takes the body and answers 204.
class Sink final : public http::BodyReceiver {
 public:
  explicit Sink(http::Reply reply) : reply_(std::move(reply)) {}

  bool receive(std::string_view /*bytes*/) override { return true; }
  void finish() override {
    http::Response response;
    response.status = 204;
    reply_.send(std::move(response));
  }
  void abandon() override {}

 private:
  http::Reply reply_;
};

class SinkHandler final : public http::Handler {
 public:
  std::unique_ptr<http::BodyReceiver> begin(const http::RequestHead& /*head*/,
                                            http::Reply reply) override {
    return std::make_unique<Sink>(std::move(reply));
  }
};

}  // namespace

int main(int argc, char** argv) {
  http::ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.threads = 1;
  CLI::App app("Answers 204 to every request, until SIGTERM");
  app.add_option("--listen", options.listen, "address and port");
  app.add_option("--threads", options.threads, "I/O threads");
  CLI11_PARSE(app, argc, argv);

  // Blocked before there are threads, so that none of them takes the signal.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  try {
    SinkHandler handler;
    const sluice::base::SystemClock clock;
    http::Server server(options, handler, clock);
    server.start();
    std::cout << "http://" << server.address() << std::endl;
    int signal = 0;
    sigwait(&ends, &signal);
    server.stop(std::chrono::seconds(1));
  } catch (const std::exception& error) {
    std::cerr << "sluice_http_probe: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

// An HttpClient with all that it stands on, run on the test's own thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "delivery/egress_guard.hpp"
#include "delivery/event_loop.hpp"
#include "delivery/http_client.hpp"
#include "delivery/resolver.hpp"
#include "delivery/tls_context.hpp"

namespace sluice::testkit {

struct RigOptions {
  delivery::HttpClientOptions client;
  delivery::TlsContext* tls = nullptr;  // none: one that all tests share, as it takes 0.1 s to make
  delivery::ResolverOptions resolver;
  delivery::EgressRules egress{.allow = {"127.0.0.0/8"}, .plain_http = true};
};

inline std::shared_ptr<const delivery::RequestHead> head_of(
    const std::string& url, const delivery::HeaderBlock& headers = {},
    delivery::RequestHead::Method method = delivery::RequestHead::Method::post) {
  return std::make_shared<delivery::RequestHead>(
      method, std::get<domain::Url>(domain::parse_url(url)), headers);
}

inline delivery::OutboundRequest post_to(const std::string& url, std::string_view body = "{}") {
  delivery::OutboundRequest request;
  request.head = head_of(url);
  request.body = body;
  constexpr std::chrono::minutes kPatience{1};  // for machines that stall
  request.deadlines = {.connect = kPatience, .tls = kPatience, .total = kPatience};
  return request;
}

/// The same, ending early.
inline delivery::OutboundRequest post_within(std::chrono::milliseconds total,
                                             const std::string& url, std::string_view body = "{}") {
  delivery::OutboundRequest request = post_to(url, body);
  request.deadlines.total = total;
  return request;
}

class ClientRig {
 public:
  explicit ClientRig(const RigOptions& options = {})
      : guard(options.egress),
        resolver(options.resolver),
        tls(options.tls != nullptr ? *options.tls : shared_tls()),
        client(loop, guard, resolver, tls, options.client) {}

  /// Sends, and runs the loop until the answer is there.
  delivery::OutboundResult send(delivery::OutboundRequest request) {
    std::vector<delivery::OutboundRequest> one;
    one.push_back(std::move(request));
    return std::move(send_all(std::move(one)).front());
  }

  /// The same for several at once; results in the order of the requests.
  std::vector<delivery::OutboundResult> send_all(std::vector<delivery::OutboundRequest> requests) {
    std::vector<delivery::OutboundResult> results(requests.size());
    std::size_t awaited = requests.size();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      is_sending_ = true;
      client.send(std::move(requests[i]), [&, i](delivery::OutboundResult&& result) {
        EXPECT_FALSE(is_sending_) << "called inside of send()";
        results[i] = std::move(result);
        if (--awaited == 0) loop.stop();
      });
      is_sending_ = false;
    }
    loop.run();
    return results;
  }

  /// Runs the loop until `is_done` says so after a task, a timer or an event.
  template <class Condition>
  void run_until(Condition is_done) {
    delivery::LoopTimer poll{
        loop, [&] {
          if (is_done()) return loop.stop();
          poll.expire_at(std::chrono::steady_clock::now() + std::chrono::milliseconds{1});
        }};
    poll.expire_at(std::chrono::steady_clock::now());
    loop.run();
  }

  delivery::EventLoop loop;
  delivery::EgressGuard guard;
  delivery::Resolver resolver;
  delivery::TlsContext& tls;
  delivery::HttpClient client;

 private:
  bool is_sending_ = false;

  static delivery::TlsContext& shared_tls() {
    static delivery::TlsContext context;
    return context;
  }
};

}  // namespace sluice::testkit

#include <ctime>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

#include "bench/e2e/outbound_senders.hpp"
#include "delivery/egress_guard.hpp"
#include "delivery/http_client.hpp"
#include "delivery/resolver.hpp"
#include "delivery/signer.hpp"
#include "delivery/tls_context.hpp"

namespace sluice::bench {
namespace {

class SluiceSender final : public OutboundSender {
 public:
  explicit SluiceSender(const OutboundWork& work)
      : work_(work),
        signer_(delivery::Signer::make(std::vector<std::string>{work.secret}).value()),
        guard_({.allow = {"127.0.0.0/8"}, .plain_http = true}),
        tls_({.extra_ca_file = work.ca_file}),
        client_(loop_, guard_, resolver_, tls_, {.connections_per_host = work.connections}) {
    delivery::HeaderBlock fixed;
    fixed.add("content-type", "application/json");
    fixed.add("user-agent", "sluice/0.1");
    head_ = std::make_shared<delivery::RequestHead>(
        delivery::RequestHead::Method::post, std::get<domain::Url>(domain::parse_url(work.url)),
        fixed);
  }

  void deliver(std::size_t count) override {
    to_send_ = to_come_ = count;
    for (std::size_t i = 0; i < work_.connections && to_send_ > 0; ++i) send();
    loop_.run();
    if (has_failed_) throw std::runtime_error("a delivery of sluice failed");
  }

 private:
  void send() {
    --to_send_;
    const std::string id = "msg_" + std::to_string(++number_);
    const std::int64_t now = std::time(nullptr);
    signature_.clear();
    signer_.sign(id, now, work_.body, signature_);
    delivery::OutboundRequest request;
    request.head = head_;
    request.headers.reserve(192);
    request.headers.add("webhook-id", id);
    request.headers.add("webhook-timestamp", std::to_string(now));
    request.headers.add("webhook-signature", signature_);
    request.body = work_.body;
    client_.send(std::move(request), [this](delivery::OutboundResult&& result) {
      has_failed_ = has_failed_ || result.status != 200;
      if (--to_come_ == 0) loop_.stop();
      if (to_send_ > 0) send();
    });
  }

  const OutboundWork work_;
  delivery::Signer signer_;
  delivery::EventLoop loop_;
  delivery::EgressGuard guard_;
  delivery::Resolver resolver_;
  delivery::TlsContext tls_;
  delivery::HttpClient client_;
  std::shared_ptr<const delivery::RequestHead> head_;
  std::string signature_;
  std::size_t to_send_ = 0;
  std::size_t to_come_ = 0;
  std::uint64_t number_ = 0;
  bool has_failed_ = false;
};

}  // namespace

std::unique_ptr<OutboundSender> make_sluice_sender(const OutboundWork& work) {
  return std::make_unique<SluiceSender>(work);
}

}  // namespace sluice::bench

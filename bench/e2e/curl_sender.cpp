#include <curl/curl.h>
#include <sys/epoll.h>

#include <array>
#include <ctime>
#include <stdexcept>
#include <vector>

#include "base/file_descriptor.hpp"
#include "bench/e2e/outbound_senders.hpp"
#include "delivery/signer.hpp"

namespace sluice::bench {
namespace {

std::size_t ignore_body(char*, std::size_t size, std::size_t count, void*) { return size * count; }

class CurlSender final : public OutboundSender {
 public:
  explicit CurlSender(const OutboundWork& work)
      : work_(work),
        signer_(delivery::Signer::make(std::vector<std::string>{work.secret}).value()) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(work.connections));
    for (std::size_t i = 0; i < work.connections; ++i) transfers_.push_back(make_transfer());
  }
  ~CurlSender() override {
    for (Transfer& transfer : transfers_) {
      curl_slist_free_all(transfer.headers);
      curl_easy_cleanup(transfer.easy);
    }
    curl_multi_cleanup(multi_);
  }

  void deliver(std::size_t count) override {
    to_send_ = to_come_ = count;
    for (Transfer& transfer : transfers_)
      if (to_send_ > 0) send(transfer);
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    while (to_come_ > 0) {
      std::array<epoll_event, 256> events;
      const int ready = epoll_wait(epoll_.get(), events.data(), 256, timeout_);
      if (ready == 0) curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
      for (int i = 0; i < ready; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        const int action = ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                           ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0);
        curl_multi_socket_action(multi_, event.data.fd, action, &running);
      }
      take_answers();
      // What was added wants to be started at once.
      if (timeout_ == 0) curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
  }

 private:
  struct Transfer {
    CURL* easy;
    curl_slist* headers;
  };

  Transfer make_transfer() {
    CURL* easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, work_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, work_.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(work_.body.size()));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore_body);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 10'000L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "curl");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    if (!work_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, work_.ca_file.c_str());
    return {easy, nullptr};
  }

  void send(Transfer& transfer) {
    --to_send_;
    const std::string id = "msg_" + std::to_string(++number_);
    const std::int64_t now = std::time(nullptr);
    signature_ = "webhook-signature: ";
    signer_.sign(id, now, work_.body, signature_);
    curl_slist_free_all(transfer.headers);
    transfer.headers = curl_slist_append(nullptr, "content-type: application/json");
    for (const std::string& line :
         {"webhook-id: " + id, "webhook-timestamp: " + std::to_string(now), signature_})
      transfer.headers = curl_slist_append(transfer.headers, line.c_str());
    curl_easy_setopt(transfer.easy, CURLOPT_HTTPHEADER, transfer.headers);
    curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, &transfer);
    curl_multi_add_handle(multi_, transfer.easy);
  }

  void take_answers() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      CURL* easy = message->easy_handle;
      const CURLcode result = message->data.result;
      long status = 0;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
      curl_multi_remove_handle(multi_, easy);
      if (result != CURLE_OK || status != 200)
        throw std::runtime_error("a delivery of libcurl failed");
      --to_come_;
      if (to_send_ > 0) send(*transfer);
    }
  }

  static int watch(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    auto* sender = static_cast<CurlSender*>(self);
    epoll_event event{};
    event.data.fd = socket;
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    int operation = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (what == CURL_POLL_REMOVE) operation = EPOLL_CTL_DEL;
    epoll_ctl(sender->epoll_.get(), operation, socket, &event);
    curl_multi_assign(sender->multi_, socket, what == CURL_POLL_REMOVE ? nullptr : self);
    return 0;
  }

  static int set_timer(CURLM*, long timeout, void* self) {
    static_cast<CurlSender*>(self)->timeout_ = static_cast<int>(timeout);
    return 0;
  }

  const OutboundWork work_;
  delivery::Signer signer_;
  base::FileDescriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  CURLM* multi_ = curl_multi_init();
  std::vector<Transfer> transfers_;
  std::string signature_;
  std::size_t to_send_ = 0;
  std::size_t to_come_ = 0;
  std::uint64_t number_ = 0;
  int timeout_ = -1;
};

}  // namespace

std::unique_ptr<OutboundSender> make_curl_sender(const OutboundWork& work) {
  return std::make_unique<CurlSender>(work);
}

}  // namespace sluice::bench

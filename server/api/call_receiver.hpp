// Gathers the body of an API call, and hands the call to a worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/call.hpp"
#include "api/route.hpp"
#include "api/worker_pool.hpp"
#include "http/handler.hpp"

namespace sluice::api {

/// A call on its way to a worker.
struct PendingCall {
  const Route* route = nullptr;
  Call call;
  std::string body;
  std::size_t json_depth = 32;
  std::vector<std::pair<std::string, std::string>> headers;  // of the answer, whatever it is
  http::Reply reply;

  /// Reads the body and runs the call. Thread safety: once, on any thread.
  void run();
};

class CallReceiver final : public http::BodyReceiver {
 public:
  CallReceiver(std::unique_ptr<PendingCall> pending, std::uint64_t body_limit, WorkerPool& workers);

  bool receive(std::string_view bytes) override;
  void finish() override;
  void abandon() override {}

 private:
  void refuse(int status, std::string_view message);

  std::shared_ptr<PendingCall> pending_;
  const std::uint64_t body_limit_;
  WorkerPool& workers_;
};

}  // namespace sluice::api

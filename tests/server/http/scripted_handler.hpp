// Handlers that do what a test says.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "http/handler.hpp"

namespace sluice::http {

/// Calls a function for each request.
class ScriptedHandler final : public Handler {
 public:
  using Script = std::function<std::unique_ptr<BodyReceiver>(const RequestHead&, Reply)>;

  explicit ScriptedHandler(Script script, std::size_t routes = 0)
      : script_(std::move(script)), routes_(routes) {}

  std::size_t routes() const noexcept override { return routes_; }

  std::unique_ptr<BodyReceiver> begin(const RequestHead& head, Reply reply) override {
    return script_(head, std::move(reply));
  }

 private:
  const Script script_;
  const std::size_t routes_;
};

/// What happened to a body, for tests that look at it after the receiver has gone.
struct BodyLog {
  std::string bytes;
  int fragments = 0;
  int fragments_in_place = 0;
  bool is_finished = false;
  bool is_abandoned = false;
  bool is_destroyed = false;
};

/// Calls functions; what is not set does nothing, and receive() takes everything.
class ScriptedReceiver final : public BodyReceiver {
 public:
  explicit ScriptedReceiver(BodyLog& log) : log_(log) {}
  ~ScriptedReceiver() override { log_.is_destroyed = true; }
  ScriptedReceiver(const ScriptedReceiver&) = delete;
  ScriptedReceiver& operator=(const ScriptedReceiver&) = delete;

  std::span<char> room() noexcept override { return place; }
  bool receive(std::string_view bytes) override {
    log_.bytes += bytes;
    ++log_.fragments;
    if (bytes.data() == place.data()) ++log_.fragments_in_place;
    return on_receive ? on_receive(bytes) : true;
  }
  void finish() override {
    log_.is_finished = true;
    if (on_finish) on_finish();
  }
  void abandon() override { log_.is_abandoned = true; }

  std::span<char> place;
  std::function<bool(std::string_view)> on_receive;
  std::function<void()> on_finish;

 private:
  BodyLog& log_;
};

inline Response text_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

/// Answers with method, target and body, when the body is complete.
class EchoReceiver final : public BodyReceiver {
 public:
  EchoReceiver(const RequestHead& head, Reply reply)
      : text_(std::string(to_text(head.method)) + " " + std::string(head.target) + " "),
        reply_(std::move(reply)) {}

  bool receive(std::string_view bytes) override {
    text_ += bytes;
    return true;
  }
  void finish() override { reply_.send(text_response(200, text_)); }
  void abandon() override {}

 private:
  std::string text_;
  Reply reply_;
};

inline std::unique_ptr<BodyReceiver> echo(const RequestHead& head, Reply reply) {
  return std::make_unique<EchoReceiver>(head, std::move(reply));
}

/// Answers 204 before the body.
inline std::unique_ptr<BodyReceiver> answer_at_once(const RequestHead& /*head*/, Reply reply) {
  reply.send(text_response(204, ""));
  return nullptr;
}

}  // namespace sluice::http

#include "api/event_receiver.hpp"

#include <boost/json.hpp>
#include <new>

#include "api/answer.hpp"
#include "base/log.hpp"

namespace sluice::api {
namespace {

namespace json = boost::json;
using Headers = std::vector<std::pair<std::string, std::string>>;

json::object shown(const ingest::IngestResult& result) {
  json::array errors;
  for (const ingest::ItemError& error : result.errors) {
    errors.push_back(json::object{{"index", error.index},
                                  {"line", error.line},
                                  {"type", error.type},
                                  {"message", error.message}});
  }
  return {{"accepted", result.accepted},
          {"duplicates", result.duplicates},
          {"rejected", result.rejected},
          {"matched", result.matched},
          {"errors", std::move(errors)}};
}

http::Response answer_of(const ingest::IngestResult& result, Headers headers) {
  http::Response response = result.status == 202
                                ? json_answer(202, shown(result))
                                : error_answer(result.status, result.message, shown(result));
  for (auto& [name, value] : response.headers) {
    if (name == "Retry-After") value = std::to_string(result.retry_after.count());
  }
  response.headers.insert(response.headers.end(), std::make_move_iterator(headers.begin()),
                          std::make_move_iterator(headers.end()));
  return response;
}

/// What the intake's callbacks hold: they may come when the connection, and its receiver, are gone.
struct Answering {
  http::Reply reply;
  Headers headers;

  domain::Traffic* traffic;
  std::uint32_t organisation;
  std::string request_id;  // empty unless it will be logged

  void finish(const ingest::IngestResult& result) noexcept {
    try {
      traffic->count(organisation, domain::IntakeCounts{.accepted = result.accepted,
                                                        .duplicates = result.duplicates,
                                                        .rejected = result.rejected,
                                                        .matched = result.matched});
      if (!request_id.empty() && result.last_event != 0)
        base::log_debug("events were accepted", {{"request_id", request_id},
                                                 {"first_event", result.first_event},
                                                 {"last_event", result.last_event},
                                                 {"accepted", result.accepted}});
      reply.send(answer_of(result, std::move(headers)));
    } catch (const std::bad_alloc&) {
      reply = {};  // which answers 500
    }
  }
};

class EventReceiver final : public http::BodyReceiver {
 public:
  explicit EventReceiver(std::unique_ptr<ingest::IngestBody> body) : body_(std::move(body)) {}

  std::span<char> room() noexcept override { return body_->room(); }
  bool receive(std::string_view bytes) override { return body_->receive(bytes); }
  void finish() override { body_->finish(); }
  void abandon() override { body_->abandon(); }

 private:
  std::unique_ptr<ingest::IngestBody> body_;
};

}  // namespace

std::unique_ptr<http::BodyReceiver> EventReceivers::begin(const http::RequestHead& head,
                                                          const domain::ApiKey& key,
                                                          Headers headers, http::Reply reply) {
  std::vector<ingest::HeaderField> cloud_event;
  for (const http::HeaderField& field : head.fields) {
    if (field.name.size() > 3 && http::equal_ignoring_case(field.name.substr(0, 3), "ce-"))
      cloud_event.push_back({field.name, field.value});
  }
  auto answering = std::make_shared<Answering>(
      Answering{std::move(reply), std::move(headers), &traffic_, key.organisation,
                std::string{base::is_logged(base::LogLevel::debug) ? head.request_id : ""}});
  const ingest::IngestRequest request{.organisation = key.organisation,
                                      .content_type = head.header("content-type"),
                                      .content_encoding = head.header("content-encoding"),
                                      .content_length = head.content_length,
                                      .fields = cloud_event};
  auto body = intake_.begin(
      request, {.done = [answering](const ingest::IngestResult& result) { answering->finish(result); },
                .resume = [answering] { answering->reply.resume(); }});
  if (body == nullptr) return nullptr;
  return std::make_unique<EventReceiver>(std::move(body));
}

}  // namespace sluice::api

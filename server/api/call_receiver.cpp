#include "api/call_receiver.hpp"

#include <boost/json.hpp>

#include "api/answer.hpp"
#include "api/service.hpp"

namespace sluice::api {
namespace {

namespace json = boost::json;

/// The body as JSON, or an answer that says what is wrong with it.
std::optional<http::Response> read_body(PendingCall& pending) {
  if (pending.body.find_first_not_of(" \t\r\n") == std::string::npos) return std::nullopt;
  json::parse_options options;
  options.max_depth = pending.json_depth;
  json::stream_parser parser(json::storage_ptr{}, options);
  json::error_code error;
  const std::size_t taken = parser.write_some(pending.body.data(), pending.body.size(), error);
  const bool has_rest =
      !error && pending.body.find_first_not_of(" \t\r\n", taken) != std::string::npos;
  if (!error && !has_rest) parser.finish(error);
  if (has_rest || error)
    return error_answer(400, "The body is not valid JSON at byte " + std::to_string(taken) + ": " +
                                 (error ? error.message() : "something follows the JSON value"));
  pending.call.body = parser.release();
  return std::nullopt;
}

}  // namespace

void PendingCall::run() {
  try {
    auto problem = read_body(*this);
    http::Response response = problem ? std::move(*problem) : Service::answer(*route, call);
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    return reply.send(std::move(response));
  } catch (const std::bad_alloc&) {
    // What filled the memory goes, so that there is some for an answer. (An assignment keeps it.)
    std::string().swap(body);
    call.body.reset();
  }
  try {
    reply.send(error_answer(503, "Out of memory; try again"));
  } catch (const std::bad_alloc&) {
    reply = {};  // whose end answers 500
  }
}

CallReceiver::CallReceiver(std::unique_ptr<PendingCall> pending, std::uint64_t body_limit,
                           WorkerPool& workers)
    : pending_(std::move(pending)), body_limit_(body_limit), workers_(workers) {}

bool CallReceiver::receive(std::string_view bytes) {
  if (pending_->body.size() + bytes.size() > body_limit_) {
    refuse(413, "The body is larger than " + std::to_string(body_limit_) + " bytes");
  } else {
    pending_->body += bytes;
  }
  return true;
}

void CallReceiver::finish() {
  // The task owns the call: the connection, and this receiver with it, may be gone before it runs.
  if (!workers_.submit([pending = pending_] { pending->run(); }))
    refuse(503, "Too many calls are waiting; try again");
}

void CallReceiver::refuse(int status, std::string_view message) {
  http::Response response = error_answer(status, message);
  response.headers.insert(response.headers.end(), pending_->headers.begin(),
                          pending_->headers.end());
  pending_->reply.send(std::move(response));
}

}  // namespace sluice::api

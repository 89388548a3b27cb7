// The answers in what a server sends, for clients of every kind.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::http {

class AnswerReader {
 public:
  virtual ~AnswerReader() = default;

  virtual void send(std::string_view bytes) = 0;
  /// What comes next; empty at the end.
  virtual std::string read_some() = 0;

  /// Everything until the server closes.
  std::string read_to_end() {
    std::string all = std::exchange(kept_, {});
    for (std::string more = read_some(); !more.empty(); more = read_some()) all += more;
    return all;
  }

  /// One response with its body, which Content-Length measures. `has_body` is false for HEAD.
  std::string read_response(bool has_body = true) {
    std::size_t head = std::string::npos;
    while ((head = kept_.find("\r\n\r\n")) == std::string::npos) more();
    std::size_t size = head + 4;
    const std::size_t length = kept_.find("Content-Length: ");
    if (has_body && length < head) size += std::stoul(kept_.substr(length + 16, 20));
    while (kept_.size() < size) more();
    std::string response = kept_.substr(0, size);
    kept_.erase(0, size);
    return response;
  }

  std::string ask(std::string_view request) {
    send(request);
    return read_response();
  }

 protected:
  AnswerReader() = default;
  AnswerReader(AnswerReader&&) = default;
  AnswerReader& operator=(AnswerReader&&) = default;

 private:
  void more() {
    const std::string bytes = read_some();
    if (bytes.empty()) throw std::runtime_error("the server closed early, after: " + kept_);
    kept_ += bytes;
  }

  std::string kept_;
};

}  // namespace sluice::http

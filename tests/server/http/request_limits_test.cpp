// What a session refuses by itself: too large, too many, malformed, ambiguous.
#include <gtest/gtest.h>

#include <string>

#include "tests/server/http/session_stage.hpp"

namespace sluice::http {
namespace {

std::string get(const std::string& fields, const std::string& target = "/") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

// The status, after which the connection must be closed unless it is a good one.
int answer_to(const std::string& request, RequestLimits limits = {}) {
  SessionStage stage(echo, limits);
  const std::string output = stage.feed(request);
  const int found = status(output);
  if (found >= 400) {
    EXPECT_TRUE(stage.is_closing()) << request;
    EXPECT_TRUE(stage.session().needs_linger()) << request;
    EXPECT_EQ(field(output, "Connection"), "close") << request;
    EXPECT_EQ(field(output, "Content-Type"), "application/json") << request;
    EXPECT_NE(field(output, "X-Request-Id"), "(none)") << request;
    EXPECT_EQ(body(output).substr(0, 17), R"({"success":false,)") << request;
  }
  return found;
}

TEST(RequestLimits, BoundTheHead) {
  const RequestLimits limits;
  const std::string base = get("X: \r\n");
  const auto with_head = [&](std::size_t bytes) {
    return get("X: " + std::string(bytes - base.size(), 'a') + "\r\n");
  };
  EXPECT_EQ(answer_to(with_head(limits.header_bytes)), 200);
  EXPECT_EQ(answer_to(with_head(limits.header_bytes + 1)), 431);
}

TEST(RequestLimits, BoundAHeadOfManyFieldsAlsoWhenTheyComeOneByOne) {
  RequestLimits limits;
  limits.header_fields = 1'000'000;
  SessionStage stage(echo, limits);
  std::string output = stage.feed("GET / HTTP/1.1\r\n");
  std::size_t sent = 0;
  while (output.empty() && sent < 2 * limits.header_bytes) {
    output = stage.feed("A: b\r\n");
    sent += 6;
  }
  EXPECT_EQ(status(output), 431);
  EXPECT_LE(sent, limits.header_bytes + 6);
}

TEST(RequestLimits, BoundAHeadWithoutEnd) {
  RequestLimits limits;
  SessionStage stage(echo, limits);
  std::string output = stage.feed("GET / HTTP/1.1\r\nX: ");
  for (int index = 0; index < 40 && output.empty(); ++index) {
    output = stage.feed(std::string(1000, 'a'));
  }
  EXPECT_EQ(status(output), 431);
}

TEST(RequestLimits, BoundTheNumberOfFields) {
  RequestLimits limits;
  limits.header_fields = 4;
  EXPECT_EQ(answer_to(get("a: 1\r\nb: 2\r\nc: 3\r\n"), limits), 200);
  EXPECT_EQ(answer_to(get("a: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n"), limits), 431);
}

TEST(RequestLimits, BoundTheUrl) {
  RequestLimits limits;
  EXPECT_EQ(answer_to(get("", "/" + std::string(limits.url_bytes - 1, 'a'))), 200);
  EXPECT_EQ(answer_to(get("", "/" + std::string(limits.url_bytes, 'a'))), 414);
  EXPECT_EQ(answer_to("GET /" + std::string(limits.url_bytes + 100, 'a')), 414);
  EXPECT_EQ(answer_to("GET /" + std::string(3 * limits.header_bytes, 'a')), 414);
}

TEST(RequestLimits, BoundHowLongAHeadTakes) {
  SessionStage stage(echo);
  stage.feed("GET / HT");
  EXPECT_EQ(stage.phase(), Session::Phase::head);
  EXPECT_EQ(status(stage.expire()), 408);
  EXPECT_TRUE(stage.is_closing());
}

TEST(RequestLimits, SpareAnIdleConnectionTheAnswer) {
  SessionStage stage(echo);
  EXPECT_EQ(stage.expire(), "");
  EXPECT_TRUE(stage.is_closing());
}

TEST(RequestRules, RefuseOtherVersions) {
  EXPECT_EQ(answer_to("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(answer_to("GET / HTTP/1.2\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(answer_to("GET / HTTP/0.9\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(answer_to("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

TEST(RequestRules, RefuseWhatIsNotHttp) {
  for (const std::string request :
       {"GET /\r\n\r\n", "GET / HTTP/1.1x\r\nHost: x\r\n\r\n", "GET / x HTTP/1.1\r\n\r\n",
        "GET / HTTP/11\r\n\r\n12345678", "GET / http/1.1\r\nHost: x\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\n\r\n", "G\tT / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n1234", "\x16\x03\x01\x02", "\n\n\n\n"}) {
    EXPECT_EQ(answer_to(request), 400) << request;
  }
}

TEST(RequestRules, RefuseBadTargets) {
  for (const char* target : {"a", "*", "/a#b", "example.com:443", "ftp://x/", "http://",
                             "http:///a", "http://a b/", "/a\x01", "/a\x7f"}) {
    EXPECT_EQ(answer_to(get("", target)), 400) << target;
  }
}

TEST(RequestRules, TakeTheAbsoluteForm) {
  const auto path_of = [](const std::string& target) {
    SessionStage stage([](const RequestHead& head, Reply reply) -> std::unique_ptr<BodyReceiver> {
      reply.send(text_response(200, std::string(head.path) + "|" + std::string(head.query)));
      return nullptr;
    });
    return body(stage.feed(get("", target)));
  };
  EXPECT_EQ(path_of("http://example.com/a/b?c"), "/a/b|c");
  EXPECT_EQ(path_of("HTTPS://example.com:443"), "/|");
  EXPECT_EQ(path_of("http://[::1]?q"), "/|q");
}

TEST(RequestRules, TakeAnAsteriskForOptionsOnly) {
  EXPECT_EQ(answer_to("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
}

TEST(RequestRules, AskForExactlyOneHost) {
  EXPECT_EQ(answer_to("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(answer_to("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(answer_to("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(answer_to("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 200);
  EXPECT_EQ(answer_to("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 200);
  EXPECT_EQ(answer_to("GET / HTTP/1.0\r\n\r\n"), 200);
  for (const char* host : {"a b", "a/b", "a@b", "a\\b", "a?b", "a\"b", "<a>"}) {
    EXPECT_EQ(answer_to(std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\n\r\n"), 400) << host;
  }
}

TEST(RequestRules, RefuseTransferCodingsButChunked) {
  for (const char* coding : {"xchunked", "chunkedx", "gzip", "identity", "gzip, chunked",
                             "chunked, gzip", "chunked, chunked", "\"chunked\"", "chunked;a=b",
                             "x chunked", "", "chunked,"}) {
    EXPECT_EQ(answer_to(get(std::string("Transfer-Encoding: ") + coding + "\r\n")), 400) << coding;
  }
  EXPECT_EQ(answer_to(get("Transfer-Encoding: Chunked\r\n") + "0\r\n\r\n"), 200);
  EXPECT_EQ(answer_to(get("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(answer_to(get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(answer_to("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
}

TEST(RequestRules, RefuseTwoLengths) {
  EXPECT_EQ(answer_to(get("Content-Length: 1\r\nContent-Length: 2\r\n")), 400);
  EXPECT_EQ(answer_to(get("Content-Length: 1\r\nContent-Length: 1\r\n")), 400);
  EXPECT_EQ(answer_to(get("Content-Length: 1, 1\r\n")), 400);
  EXPECT_EQ(answer_to(get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(answer_to(get("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")), 400);
}

TEST(RequestRules, RefuseBadLengths) {
  for (const char* length : {"", "+1", "-1", "0x1", "1 2", "1.0", "a", "18446744073709551616",
                             "99999999999999999999999"}) {
    EXPECT_EQ(answer_to(get(std::string("Content-Length: ") + length + "\r\n")), 400) << length;
  }
}

TEST(RequestRules, RefuseFoldedFields) {
  for (const char* fields :
       {"A: b\r\n c\r\n", "A: b\r\n\tc\r\n", "A:\r\n c\r\n", "A: \r\n \r\n", "A: b\r\n \r\n",
        "Transfer-Encoding:\r\n chunked\r\n", "Content-Length:\r\n\t0\r\n"}) {
    EXPECT_EQ(answer_to(get(fields)), 400) << fields;
  }
}

TEST(RequestRules, RefuseControlCharacters) {
  using namespace std::string_literals;
  for (const std::string& fields :
       {"A: b\0c\r\n"s, "A: b\rc\r\n"s, "A: b\nc\r\n"s, "A: b\x7f\r\n"s, "A\0: b\r\n"s,
        "A : b\r\n"s, ": b\r\n"s, "A b: c\r\n"s, "A\r\n"s, "A: \x01\r\n"s}) {
    EXPECT_EQ(answer_to(get(fields)), 400) << fields;
  }
  EXPECT_EQ(answer_to(get("A: b\tc\xff\r\n")), 200);
}

TEST(RequestRules, RefuseOtherExpectations) {
  EXPECT_EQ(answer_to(get("Expect: a-miracle\r\n")), 417);
  EXPECT_EQ(answer_to(get("Expect: 100-continue, x\r\n")), 417);
}

TEST(RequestRules, HideNoSecondRequestInABodyThatEndsEarly) {
  SessionStage stage(echo);
  const std::string output =
      stage.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                 "Transfer-Encoding: xchunked\r\n\r\n"
                 "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(output), 400);
  EXPECT_EQ(output.find("/hidden"), std::string::npos);
}

}  // namespace
}  // namespace sluice::http

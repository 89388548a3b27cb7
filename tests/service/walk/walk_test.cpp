// The webhooks API from outside, by a client of another make than the Python tests': a webhook's whole
// life over one connection, changes that the next event sees, and requests that do not wait.

#include <gtest/gtest.h>

#include <string>

#include "service/walk/served.hpp"

namespace sluice::walk {
namespace {

using boost::json::value;
using http::verb;

const std::string kWebhooks = "/v1/organizations/webhooks/";

std::string webhook(const std::string& pattern) {
  return R"({"webhook_name": "orders", "event_types": [")" + pattern +
         R"("], "channels": [{"channel": "webhook", "configs": {"url": "http://127.0.0.1:9/"}}]})";
}

http::fields header(http::field name, boost::beast::string_view text) {
  http::fields headers;
  headers.set(name, text);
  return headers;
}

std::string id_of(const value& webhook) { return webhook.at("webhook_id").as_string().c_str(); }

class Walk : public testing::Test {
 protected:
  Answer call(verb method, const std::string& target, const std::string& body = {},
              const http::fields& headers = {}) {
    Answer answer = conversation_.call(method, target, body, headers);
    EXPECT_TRUE(answer.keep_alive()) << target;
    EXPECT_FALSE(answer["X-Request-Id"].empty()) << target;
    return answer;
  }

  std::string created(const std::string& pattern) {
    return id_of(content(call(verb::post, kWebhooks, webhook(pattern))));
  }

  Served served_;
  Conversation conversation_{served_};
};

TEST_F(Walk, AWebhookLivesAndDiesOverOneConnection) {
  const Answer made = call(verb::post, kWebhooks, webhook("order.*"));
  ASSERT_EQ(made.result_int(), 201) << made.body();
  const std::string path = kWebhooks + id_of(content(made));
  const std::string secret =
      content(made).at("channels").at(0).at("configs").at("secret").as_string().c_str();
  EXPECT_TRUE(secret.starts_with("whsec_"));

  const Answer seen = call(verb::get, path);
  EXPECT_EQ(seen.result_int(), 200);
  EXPECT_EQ(seen.body().find(secret), std::string::npos) << "shown once";
  const std::string tag = seen[http::field::etag];
  ASSERT_FALSE(tag.empty());

  EXPECT_EQ(call(verb::put, path, webhook("a.*"), header(http::field::if_match, "\"older\""))
                .result_int(),
            412);
  http::fields two_lines = header(http::field::if_match, "\"older\"");
  two_lines.insert(http::field::if_match, tag);
  const Answer replaced = call(verb::put, path, webhook("a.*"), two_lines);
  EXPECT_EQ(replaced.result_int(), 200);
  EXPECT_NE(replaced[http::field::etag], tag);
  EXPECT_EQ(call(verb::put, path, webhook("b.*"), header(http::field::if_match, tag)).result_int(),
            412);

  const value paused =
      content(call(verb::patch, path, R"({"is_active": false, "description": "later"})"));
  EXPECT_FALSE(paused.at("is_active").as_bool());
  EXPECT_EQ(paused.at("event_types").at(0), value("a.*"));
  EXPECT_TRUE(
      content(call(verb::patch, path, R"({"description": null})")).at("description").is_null());

  EXPECT_EQ(content(call(verb::post, kWebhooks + "list", R"({"is_active": false})")).at("total"),
            value(1));
  EXPECT_EQ(content(call(verb::post, kWebhooks + "list", R"({"is_active": true})")).at("total"),
            value(0));

  EXPECT_EQ(call(verb::delete_, path).result_int(), 204);
  EXPECT_EQ(call(verb::delete_, path).result_int(), 204) << "again";
  const Answer gone = call(verb::get, path);
  EXPECT_EQ(gone.result_int(), 404);
  EXPECT_EQ(content(gone).at("error").at("type"), value("NotFoundError"));
}

TEST_F(Walk, EveryRouteAnswersWithAndWithoutTheLastSlash) {
  const std::string path = kWebhooks + created("order.*");
  const std::string list = kWebhooks.substr(0, kWebhooks.size() - 1);
  EXPECT_EQ(call(verb::get, list).body(), call(verb::get, kWebhooks).body());
  EXPECT_EQ(call(verb::get, path + "/").body(), call(verb::get, path).body());
  EXPECT_EQ(call(verb::post, kWebhooks + "list/").body(),
            call(verb::post, kWebhooks + "list").body());
  EXPECT_EQ(call(verb::get, path + "/deliveries/").body(),
            call(verb::get, path + "/deliveries").body());
}

TEST_F(Walk, MethodsTellWhatTheyMay) {
  const std::string path = kWebhooks + created("order.*");
  const Answer whole = call(verb::get, path);
  const Answer head = call(verb::head, path);
  EXPECT_EQ(head.result_int(), 200);
  EXPECT_EQ(head[http::field::content_length], whole[http::field::content_length]);
  EXPECT_EQ(head[http::field::etag], whole[http::field::etag]);
  const Answer refused = call(verb::post, path, webhook("a.*"));
  EXPECT_EQ(refused.result_int(), 405);
  for (const char* method : {"GET", "PUT", "PATCH", "DELETE"}) {
    EXPECT_NE(refused[http::field::allow].find(method), std::string::npos) << method;
    EXPECT_NE(call(verb::options, path)[http::field::allow].find(method), std::string::npos)
        << method;
  }
}

TEST_F(Walk, A422ListsEveryProblemWithItsPlace) {
  const Answer answer =
      call(verb::post, kWebhooks,
           R"({"event_types": ["a..b", 7], "channels": [{"channel": "fax", "configs": {}}]})");
  ASSERT_EQ(answer.result_int(), 422);
  const value body = content(answer);
  EXPECT_EQ(body.at("status"), value(422));
  std::string places;
  for (const value& each : body.at("error").at("details").at("validation_errors").as_array())
    places += boost::json::serialize(each.at("location")) + " ";
  for (const char* place : {R"(["body","webhook_name"])", R"(["body","event_types",0])",
                            R"(["body","event_types",1])", R"(["body","channels",0,"channel"])"})
    EXPECT_NE(places.find(place), std::string::npos) << places;
}

TEST_F(Walk, AnEventAfterAChangeSeesTheChange) {
  const std::string path = kWebhooks + created("even.*");
  for (int i = 0; i < 50; ++i) {
    const bool is_even = i % 2 == 0;
    ASSERT_EQ(call(verb::put, path, webhook(is_even ? "even.*" : "odd.*")).result_int(), 200);
    for (const bool is_even_event : {true, false}) {
      const Answer answer =
          call(verb::post, "/v1/events",
               is_even_event ? R"({"event_type": "even.one"})" : R"({"event_type": "odd.one"})");
      ASSERT_EQ(answer.result_int(), 202) << answer.body();
      EXPECT_EQ(content(answer).at("matched"), value(is_even == is_even_event ? 1 : 0)) << i;
    }
  }
}

TEST_F(Walk, RequestsThatDoNotWaitAreAnsweredInOrder) {
  constexpr int kRequests = 200;
  for (int i = 0; i < kRequests; ++i) {
    if (i % 2 == 0)
      conversation_.send(
          verb::post, "/v1/events",
          R"({"event_id": "e)" + std::to_string(i) + R"(", "event_type": "order.paid"})");
    else
      conversation_.send(verb::get, "/v1/events/e" + std::to_string(i - 1));
  }
  for (int i = 0; i < kRequests; ++i) {
    const Answer answer = conversation_.receive();
    ASSERT_EQ(answer.result_int(), i % 2 == 0 ? 202U : 200U) << i << answer.body();
    if (i % 2 == 0) continue;
    EXPECT_EQ(content(answer).at("event_id"), value("e" + std::to_string(i - 1)));
  }
}

TEST_F(Walk, SigtermEndsItWithStatusZero) {
  EXPECT_EQ(call(verb::get, "/healthz").result_int(), 200);
  EXPECT_EQ(served_.stop(), 0);
}

}  // namespace
}  // namespace sluice::walk

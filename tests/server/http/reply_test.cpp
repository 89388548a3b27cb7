#include "http/reply.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace sluice::http {
namespace {

class Recorder final : public ReplyTarget {
 public:
  void send(Response&& response) override { statuses.push_back(response.status); }
  void resume() override { ++resumed; }
  void release() noexcept override { ++released; }
  void set_route(std::size_t route) noexcept override { routes.push_back(route); }

  std::vector<int> statuses;
  std::vector<std::size_t> routes;
  int resumed = 0;
  int released = 0;
};

TEST(Reply, SendsTheFirstAnswerOnly) {
  Recorder recorder;
  Reply reply(recorder);
  reply.send({.status = 201});
  reply.send({.status = 500});
  EXPECT_EQ(recorder.statuses, std::vector<int>{201});
}

TEST(Reply, AsksForMoreOnlyBeforeTheAnswer) {
  Recorder recorder;
  Reply reply(recorder);
  reply.resume();
  reply.send({});
  reply.resume();
  EXPECT_EQ(recorder.resumed, 1);
}

TEST(Reply, LetsGoOnceWhoeverHoldsItLast) {
  Recorder recorder;
  Recorder other;
  {
    Reply first(recorder);
    Reply second(std::move(first));
    Reply third(other);
    third = std::move(second);
    EXPECT_EQ(other.released, 1);
    EXPECT_EQ(recorder.released, 0);
    third.send({.status = 204});
  }
  EXPECT_EQ(recorder.released, 1);
  EXPECT_EQ(recorder.statuses, std::vector<int>{204});
}

TEST(Reply, AnswersNobodyWhenItIsEmpty) {
  Reply reply;
  reply.send({});
  reply.resume();
}

}  // namespace
}  // namespace sluice::http

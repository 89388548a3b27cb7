#include "http/mailbox.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "http/exchange.hpp"
#include "tests/server/http/scripted_handler.hpp"

namespace sluice::http {
namespace {

class NoHost final : public SessionHost {
  void wake() override {}
};

ExchangeSignals answer_of(int status) {
  ExchangeSignals signals;
  signals.answer = text_response(status, "");
  return signals;
}

struct MailboxTest : testing::Test {
  ~MailboxTest() override { mailbox->close(); }

  int wakes = 0;
  NoHost host;
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>([this] { ++wakes; });

  ExchangeRef make_exchange() {
    ExchangeRef exchange(new Exchange(mailbox));
    exchange->reset(host, "192.0.2.1", "id");
    return exchange;
  }
};

TEST_F(MailboxTest, WakesOnceForAnswersThatComeTogether) {
  const ExchangeRef first = make_exchange();
  const ExchangeRef second = make_exchange();
  mailbox->put(*first, answer_of(200));
  mailbox->put(*second, answer_of(201));
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(mailbox->take().get(), first.get());
  EXPECT_EQ(mailbox->take().get(), second.get());
  EXPECT_FALSE(mailbox->take());
  EXPECT_EQ(first->arrived().answer->status, 200);
  EXPECT_EQ(second->arrived().answer->status, 201);
  mailbox->put(*first, answer_of(200));
  EXPECT_EQ(wakes, 2);
}

TEST_F(MailboxTest, GathersWhatOneExchangeIsSent) {
  const ExchangeRef exchange = make_exchange();
  ExchangeSignals resumed;
  resumed.is_resumed = true;
  mailbox->put(*exchange, std::move(resumed));
  mailbox->put(*exchange, answer_of(200));
  EXPECT_TRUE(mailbox->take());
  EXPECT_FALSE(mailbox->take());
  EXPECT_TRUE(exchange->arrived().is_resumed);
  EXPECT_TRUE(exchange->arrived().answer);
}

TEST_F(MailboxTest, KeepsWhatWaitsAlive) {
  {
    ExchangeRef exchange = make_exchange();
    mailbox->put(*exchange, answer_of(200));
  }
  EXPECT_TRUE(mailbox->take());
}

TEST_F(MailboxTest, ForgetsEverythingOnceItIsClosed) {
  ExchangeRef exchange = make_exchange();
  mailbox->put(*exchange, answer_of(200));
  mailbox->close();
  EXPECT_TRUE(exchange->is_unshared());
  EXPECT_FALSE(mailbox->take());
  mailbox->put(*exchange, answer_of(200));
  EXPECT_EQ(wakes, 1);
}

}  // namespace
}  // namespace sluice::http

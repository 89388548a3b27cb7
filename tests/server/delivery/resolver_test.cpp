#include "delivery/resolver.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <map>
#include <string>
#include <vector>

#include "base/file_descriptor.hpp"
#include "base/mutex.hpp"
#include "delivery/dns_questions.hpp"
#include "tests/server/support/fake_name_server.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;
using testkit::FakeNameServer;

/// Collects answers from the resolver's thread.
class Answers {
 public:
  Resolver::Receiver receiver() {
    return [this](const ResolutionResult& result) {
      const base::MutexLock lock(mutex_);
      results_.push_back(result);
      changed_.notify_all();
    };
  }
  std::vector<ResolutionResult> await(std::size_t count) {
    const base::MutexLock lock(mutex_);
    while (results_.size() < count) changed_.wait(mutex_);
    return results_;
  }

 private:
  base::Mutex mutex_;
  base::Condition changed_;
  std::vector<ResolutionResult> results_ SLUICE_GUARDED_BY(mutex_);
};

ResolutionResult resolve(Resolver& resolver, const std::string& host) {
  Answers answers;
  resolver.resolve(host, answers.receiver());
  return answers.await(1).front();
}

std::string texts(const ResolutionResult& result) {
  if (const auto* problem = std::get_if<std::string>(&result)) return *problem;
  std::string all;
  for (const IpAddress& address : std::get<Resolution>(result).addresses)
    all += (all.empty() ? "" : " ") + address.text();
  return all;
}

ResolverOptions asking(const FakeNameServer& names) {
  ResolverOptions options;
  options.servers = names.address();
  options.timeout = 1min;  // repetitions, which come after a third of it, are counted as questions
  return options;
}

TEST(Resolver, FindsAllAddressesIpv4First) {
  FakeNameServer names{{{"a.example", {.addresses = {"2001:db8::1", "192.0.2.1", "192.0.2.2"}}}}};
  Resolver resolver{asking(names)};
  EXPECT_EQ(texts(resolve(resolver, "a.example")), "192.0.2.1 192.0.2.2 2001:db8::1");
}

TEST(Resolver, TakesAddressesInTextAsTheyAre) {
  FakeNameServer names{{}};
  Resolver resolver{asking(names)};
  for (const char* text : {"192.0.2.1", "2001:db8::1"}) {
    std::string got;
    resolver.resolve(text, [&](const ResolutionResult& result) { got = texts(result); });
    EXPECT_EQ(got, text) << "inside of the call";
  }
}

TEST(Resolver, SaysThatANameDoesNotExist) {
  FakeNameServer names{{}};
  Resolver resolver{asking(names)};
  EXPECT_EQ(texts(resolve(resolver, "a.example")),
            "cannot resolve a.example: Domain name not found");
}

TEST(Resolver, KeepsAnswersAsLongAsTheyLive) {
  FakeNameServer names{{{"a.example", {.addresses = {"192.0.2.1"}}}}};
  Resolver resolver{asking(names)};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(texts(resolve(resolver, "a.example")), "192.0.2.1");
  EXPECT_EQ(names.questions("a.example"), 1);
}

TEST(Resolver, AsksAnewWhenAnAnswerHasExpired) {
  FakeNameServer names{{{"a.example", {.addresses = {"192.0.2.1"}, .ttl = 3600}}}};
  ResolverOptions options = asking(names);
  options.longest_life = options.shortest_life = 0ms;  // whatever the server says
  Resolver resolver{options};
  for (int i = 0; i < 3; ++i) resolve(resolver, "a.example");
  EXPECT_EQ(names.questions("a.example"), 3);
}

TEST(Resolver, LivesBoundTheTtl) {
  FakeNameServer names{{{"long.example", {.addresses = {"192.0.2.1"}, .ttl = 1'000'000}},
                        {"short.example", {.addresses = {"192.0.2.1"}, .ttl = 0}},
                        {"some.example", {.addresses = {"192.0.2.1"}, .ttl = 20}}}};
  Resolver resolver{asking(names)};
  const auto expect_life = [&](const char* host, std::chrono::seconds life) {
    const auto before = std::chrono::steady_clock::now();
    const auto expires = std::get<Resolution>(resolve(resolver, host)).expires;
    EXPECT_GE(expires, before + life) << host;
    EXPECT_LE(expires, std::chrono::steady_clock::now() + life) << host;
  };
  expect_life("long.example", 60s);
  expect_life("short.example", 1s);
  expect_life("some.example", 20s);
}

TEST(Resolver, KeepsFailuresForAWhile) {
  FakeNameServer names{{}};
  ResolverOptions options = asking(names);
  options.failure_life = 1min;
  Resolver resolver{options};
  for (int i = 0; i < 5; ++i) resolve(resolver, "a.example");
  EXPECT_EQ(names.questions("a.example"), 1);
}

TEST(Resolver, AsksOnceForThoseWhoWaitTogether) {
  FakeNameServer names{{{"a.example", {.addresses = {}, .is_silent = true}}}};
  ResolverOptions options = asking(names);
  options.timeout = 90ms;
  options.failure_life = 1min;
  Resolver resolver{options};
  constexpr int kAsking = 50;
  Answers answers;
  for (int i = 0; i < kAsking; ++i) resolver.resolve("a.example", answers.receiver());
  for (const ResolutionResult& result : answers.await(kAsking))
    EXPECT_NE(texts(result).find("cannot resolve"), std::string::npos);
  EXPECT_LT(names.questions("a.example"), 10) << "one and its repetitions";
}

TEST(Resolver, MoreServersThatAreSilentTakeNoLonger) {
  const std::map<std::string, testkit::NameRecord> silence = {
      {"hang.example", {.addresses = {}, .is_silent = true}}};
  FakeNameServer servers[] = {FakeNameServer{silence}, FakeNameServer{silence},
                              FakeNameServer{silence}, FakeNameServer{silence}};
  ResolverOptions options;
  for (const FakeNameServer& server : servers) options.servers += server.address() + ",";
  options.servers.pop_back();
  options.timeout = 60ms;
  Resolver resolver{options};
  EXPECT_EQ(texts(resolve(resolver, "hang.example")),
            "cannot resolve hang.example: no name server answered in time");
}

TEST(Resolver, ANameThatHangsDelaysNoOther) {
  FakeNameServer names{{{"hang.example", {.addresses = {}, .is_silent = true}},
                        {"a.example", {.addresses = {"192.0.2.1"}}}}};
  Resolver resolver{asking(names)};
  Answers never;
  for (int i = 0; i < 50; ++i) resolver.resolve("hang.example", never.receiver());
  EXPECT_EQ(texts(resolve(resolver, "a.example")), "192.0.2.1");
}

TEST(Resolver, MoreQuestionsThanItMayHoldFailAtOnce) {
  FakeNameServer names{{{"hang.example", {.addresses = {}, .is_silent = true}}}};
  ResolverOptions options = asking(names);
  options.questions = 1;
  Resolver resolver{options};
  Answers never;
  resolver.resolve("hang.example", never.receiver());
  EXPECT_EQ(texts(resolve(resolver, "a.example")),
            "cannot resolve a.example: too many names are being resolved");
}

TEST(Resolver, KeepsNoMoreNamesThanItMay) {
  std::map<std::string, testkit::NameRecord> records;
  for (int i = 0; i < 20; ++i)
    records["n" + std::to_string(i) + ".example"] = {.addresses = {"192.0.2.1"}};
  FakeNameServer names{records};
  ResolverOptions options = asking(names);
  options.names = 5;
  Resolver resolver{options};
  for (int round = 0; round < 2; ++round)
    for (const auto& [name, record] : records)
      EXPECT_EQ(texts(resolve(resolver, name)), "192.0.2.1");
  int questions = 0;
  for (const auto& [name, record] : records) questions += names.questions(name);
  EXPECT_GE(questions, 20 + 15) << "at most five were still known in the second round";
}

TEST(Resolver, EndsWithQuestionsOnTheirWay) {
  FakeNameServer names{{{"hang.example", {.addresses = {}, .is_silent = true}}}};
  bool was_called = false;
  {
    Resolver resolver{asking(names)};
    resolver.resolve("hang.example", [&](const ResolutionResult&) { was_called = true; });
  }
  EXPECT_FALSE(was_called);
}

TEST(Resolver, RefusesServersThatItCannotRead) {
  ResolverOptions options;
  options.servers = "not a server";
  EXPECT_THROW(Resolver{options}, std::runtime_error);
}

// c-ares goes on asking when we have given up: first one server after the other, then all of them again.
TEST(DnsQuestions, AreWaitedForWithoutSpinningAfterTheirTime) {
  FakeNameServer first{{{"hang.example", {.addresses = {}, .is_silent = true}}}};
  FakeNameServer second{{{"hang.example", {.addresses = {}, .is_silent = true}}}};
  ResolverOptions options;
  options.servers = first.address() + "," + second.address();
  options.timeout = 300ms;
  DnsQuestions questions{options};
  const base::FileDescriptor never{eventfd(0, EFD_CLOEXEC)};
  bool is_answered = false;
  questions.ask("hang.example", [&](const ResolutionResult&) { is_answered = true; });
  while (!is_answered) questions.wait(never.get());
  ASSERT_EQ(questions.size(), 1U);
  int waits = 0;
  for (; questions.size() != 0; ++waits) questions.wait(never.get());
  EXPECT_LT(waits, 1'000);
}

}  // namespace
}  // namespace sluice::delivery

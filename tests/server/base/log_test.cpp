// A log line is one line, whatever is in it, and is written when its level is on.
#include "base/log.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "base/log_line.hpp"

namespace sluice::base {
namespace {

constexpr Time kTime{std::chrono::microseconds{1'795'527'356'123'456}};

std::string line(LogFormat format, std::string_view message,
                 std::initializer_list<LogField> fields = {}) {
  return format_log_line(format, kTime, LogLevel::warning, message, fields);
}

TEST(LogLine, TextHasTimeLevelMessageAndFields) {
  const std::string name = "b c";
  EXPECT_EQ(line(LogFormat::text, "disk is slow",
                 {{"file", "config.db"},
                  {"name", name},
                  {"count", 3},
                  {"left", -4L},
                  {"ratio", 0.5},
                  {"fatal", false},
                  {"empty", ""}}),
            "2026-11-24T13:35:56.123456Z warning disk is slow file=config.db name=\"b c\" count=3 "
            "left=-4 ratio=0.5 fatal=false empty=\"\"");
}

TEST(LogLine, JsonHasTimeLevelMessageAndFields) {
  EXPECT_EQ(
      line(LogFormat::json, "disk \"is\" slow",
           {{"file", "config.db"},
            {"count", std::numeric_limits<std::uint64_t>::max()},
            {"fatal", true},
            {"ratio", std::numeric_limits<double>::infinity()}}),
      R"({"time":"2026-11-24T13:35:56.123456Z","level":"warning","message":"disk \"is\" slow",)"
      R"("file":"config.db","count":18446744073709551615,"fatal":true,"ratio":null})");
}

TEST(LogLine, NobodysInputMakesALineOrDrivesATerminal) {
  for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
    const std::string all = line(format, "a\nb\x1b[2J",
                                 {{"k\ney",
                                   "x\r\ny\x7f\xc2\x9b"
                                   "31m"}});
    for (const char c : all) EXPECT_TRUE(c >= ' ' && c < 0x7f) << static_cast<int>(c);
    EXPECT_NE(all.find("\\u000a"), std::string::npos);
    EXPECT_NE(all.find("\\u001b"), std::string::npos);
  }
}

TEST(LogLine, KeepsGoodUtf8AndReplacesBad) {
  const std::string_view good = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  EXPECT_NE(line(LogFormat::json, good).find(good), std::string::npos);
  for (const char* bad : {"\xc3", "\x80", "\xff", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xc3("}) {
    const std::string all = line(LogFormat::json, bad);
    EXPECT_NE(all.find("\\ufffd"), std::string::npos) << bad;
    for (const char c : all) EXPECT_GE(c, ' ');
  }
}

class Log : public testing::Test {
 protected:
  void TearDown() override {
    set_log_level(LogLevel::info);
    set_log_format(LogFormat::text);
  }
};

TEST_F(Log, WritesTheLevelsThatAreOn) {
  testing::internal::CaptureStderr();
  log_debug("first");
  log_info("second {}", {{"key", "value"}});
  set_log_level(LogLevel::error);
  log_warning("third");
  log_error("fourth");
  set_log_level(LogLevel::debug);
  log_debug("fifth");
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_EQ(written.find("first"), std::string::npos);
  EXPECT_NE(written.find(" info second {} key=value\n"), std::string::npos);
  EXPECT_EQ(written.find("third"), std::string::npos);
  EXPECT_NE(written.find(" error fourth\n"), std::string::npos);
  EXPECT_NE(written.find(" debug fifth\n"), std::string::npos);
}

TEST_F(Log, WritesJsonLines) {
  set_log_format(LogFormat::json);
  testing::internal::CaptureStderr();
  log_info("ready", {{"port", 8080}});
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(written.starts_with("{\"time\":\"")) << written;
  EXPECT_TRUE(written.ends_with("\"message\":\"ready\",\"port\":8080}\n")) << written;
}

TEST_F(Log, LinesOfThreadsDoNotMix) {
  testing::internal::CaptureStderr();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([] {
        for (int i = 0; i < 200; ++i) log_info("abcdefghijklmnopqrstuvwxyz", {{"n", 1}});
      });
  }
  const std::string written = testing::internal::GetCapturedStderr();
  const std::string tail = " info abcdefghijklmnopqrstuvwxyz n=1";
  std::size_t lines = 0;
  for (std::size_t at = 0, end = 0; (end = written.find('\n', at)) != std::string::npos;
       at = end + 1, ++lines)
    ASSERT_EQ(written.substr(at + 27, end - at - 27), tail);
  EXPECT_EQ(lines, 800U);
}

}  // namespace
}  // namespace sluice::base

// `sluice journal inspect` as operators meet it.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "server/journal/journal_rig.hpp"
#include "server/support/temporary_directory.hpp"

namespace {

using namespace sluice::testkit;

constexpr std::uint32_t kAcme = 7;

/// What the command writes, with its exit status at the end.
std::string output_of(const std::string& arguments) {
  const std::string command = std::string(SLUICE_PROGRAM) + " " + arguments + "; echo \"exit $?\"";
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> part;
  for (std::size_t count; (count = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
    output.append(part.data(), count);
  ::pclose(pipe);
  return output;
}

TEST(JournalCommand, WritesTheReportAndTheEvents) {
  const TemporaryDirectory directory;
  JournalRig rig;
  rig.options.directory = directory.path() / "journal";
  sluice::journal::Journal journal(rig.options, rig.clock, rig.random);
  append(journal, kAcme, {{R"({"event_type":"a.b","event_id":"x\"y"})", R"(x"y)", {3, 4}}});

  const std::string path = directory.path().string();
  const std::string text = output_of("journal inspect " + path);
  EXPECT_NE(text.find("segment-0000000001.log   open      1-1"), std::string::npos) << text;
  EXPECT_NE(text.find("exit 0"), std::string::npos) << text;
  const std::string json = output_of("journal inspect --json " + path);
  EXPECT_NE(json.find(R"("problems":[]})"), std::string::npos) << json;
  EXPECT_EQ(output_of("journal inspect --records " + path),
            R"({"sequence":1,"event_id":"x\"y","organization":7,)"
            R"("accepted_at":"2026-01-01T12:00:00.000000Z","webhooks":[3,4],"is_duplicate":false,)"
            R"("event":{"event_type":"a.b","event_id":"x\"y"}})"
            "\nexit 0\n");
  EXPECT_NE(output_of("journal inspect /nowhere 2>&1").find("exit 1"), std::string::npos);
}

}  // namespace

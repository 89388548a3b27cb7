// The command `sluice`: finds the subcommand, and turns failures into a message and an exit status.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "exit_code.hpp"
#include "generate_command.hpp"
#include "match_command.hpp"

namespace {

using namespace sluice::tool;

ExitCode run(int argc, char** argv) {
  CLI::App app{"Matches floods of events against webhook subscriptions.", "sluice"};
  app.set_version_flag("--version", "sluice " SLUICE_VERSION);
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(1);
  app.footer("`sluice COMMAND --help` explains a command, with examples.\n\n" +
             std::string(kExitCodes));
  MatchCommand match;
  GenerateCommand generate;
  const CLI::App* match_app = match.add_to(app);
  generate.add_to(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::ok : ExitCode::bad_usage;
  }
  return match_app->parsed() ? match.run() : generate.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return static_cast<int>(run(argc, argv));
  } catch (const Failure& failure) {
    std::fprintf(stderr, "sluice: %s\n", failure.what());
    return static_cast<int>(failure.code());
  } catch (const std::bad_alloc&) {
    std::fputs("sluice: out of memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice: %s\n", error.what());
  }
  return static_cast<int>(ExitCode::failed);
}

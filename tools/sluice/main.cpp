// The command `sluice`: finds the subcommand, and turns failures into a message and an exit status.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "backup_command.hpp"
#include "deliveries_command.hpp"
#include "exit_code.hpp"
#include "generate_command.hpp"
#include "generated_command.hpp"
#include "journal_command.hpp"
#include "keys_command.hpp"
#include "listen_command.hpp"
#include "load_command.hpp"
#include "match_command.hpp"
#include "restore_command.hpp"
#include "serve_command.hpp"
#include "webhooks_command.hpp"

namespace {

using namespace sluice::tool;

/// The mistake of a command line that stops before a subcommand: the word that is none, where CLI11
/// says only that one is required. Empty: it is another mistake.
std::string wrong_word(const CLI::App& app) {
  const CLI::App* at = &app;
  std::string path = app.get_name();
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    path += " " + at->get_name();
  }
  const std::vector<std::string> rest = at->remaining();
  if (at->get_require_subcommand_min() == 0 || rest.empty()) return {};
  std::string text = path + ": there is no '" + rest.front() + "'; expected";
  const char* separator = " ";
  for (const CLI::App* each : at->get_subcommands([](const CLI::App*) { return true; })) {
    text += separator + each->get_name();
    separator = ", ";
  }
  return text;
}

ExitCode run(int argc, char** argv) {
  CLI::App app{"Finds out who wants to hear of an event, and sees to it that they do.", "sluice"};
  app.set_version_flag("--version", "sluice " SLUICE_VERSION);
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(1);
  app.footer("`sluice COMMAND --help` explains a command, with examples.\n\n" +
             std::string(kExitCodes));
  std::vector<std::pair<const CLI::App*, std::function<ExitCode()>>> commands;
  const auto add = [&app, &commands](auto& command) {
    commands.emplace_back(command.add_to(app), [&command] { return command.run(); });
  };
  ServeCommand serve;
  MatchCommand match;
  GenerateCommand generate;
  JournalCommand journal;
  KeysCommand keys;
  WebhooksCommand webhooks;
  DeliveriesCommand deliveries;
  BackupCommand backup;
  RestoreCommand restore;
  LoadCommand load;
  ListenCommand listen;
  CompletionCommand completion;
  ManualCommand manual;
  add(serve);
  add(match);
  add(generate);
  add(journal);
  add(keys);
  add(webhooks);
  add(deliveries);
  add(backup);
  add(restore);
  add(load);
  add(listen);
  add(completion);
  add(manual);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    const std::string mistake = wrong_word(app);
    if (mistake.empty())
      app.exit(error);
    else
      std::fprintf(stderr, "%s\nRun with --help for more information.\n", mistake.c_str());
    return ExitCode::bad_usage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::ok : ExitCode::bad_usage;
  }
  for (const auto& [command, run_command] : commands) {
    if (command->parsed()) return run_command();
  }
  return ExitCode::bad_usage;
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

#include "generated_command.hpp"

#include <CLI/CLI.hpp>

#include "command_tree.hpp"
#include "completion.hpp"
#include "manual.hpp"
#include "output_file.hpp"

namespace sluice::tool {
namespace {

constexpr const char* kCompletionNotes = R"(The Debian package and `cmake --install` have put the scripts in their places already. By hand:

Examples:
  source <(sluice completion bash)
  sluice completion zsh > ~/.zfunc/_sluice
  sluice completion fish > ~/.config/fish/completions/sluice.fish

)";

constexpr const char* kManualNotes = R"(Examples:
  sluice manual | man -l -

)";

ExitCode write(const std::string& text) {
  OutputFile file("-");
  if (file.write(text)) return ExitCode::ok;
  if (!file.error().empty()) throw Failure(ExitCode::failed, file.error());
  return ExitCode::failed;
}

}  // namespace

CLI::App* CompletionCommand::add_to(CLI::App& app) {
  program_ = &app;
  CLI::App* completion =
      app.add_subcommand("completion", "Print a script that completes these commands in a shell");
  completion->add_option("shell", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->option_text("SHELL");
  completion->footer(std::string(kCompletionNotes) + kExitCodes);
  return completion;
}

ExitCode CompletionCommand::run() const {
  const std::vector<Command> commands = command_tree(*program_);
  if (shell == "bash") return write(bash_completion(commands));
  return write(shell == "zsh" ? zsh_completion(commands) : fish_completion(commands));
}

CLI::App* ManualCommand::add_to(CLI::App& app) {
  program_ = &app;
  CLI::App* manual = app.add_subcommand("manual", "Print the manual page");
  manual->footer(std::string(kManualNotes) + kExitCodes);
  return manual;
}

ExitCode ManualCommand::run() const { return write(manual_page(command_tree(*program_))); }

}  // namespace sluice::tool

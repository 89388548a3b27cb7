#include "command_tree.hpp"

#include <CLI/CLI.hpp>

#include "exit_code.hpp"

namespace sluice::tool {
namespace {

CommandOption read_option(const CLI::Option& option) {
  CommandOption read;
  read.is_positional = option.get_positional();
  read.sentence = option.get_description();
  if (read.is_positional) {
    read.names.push_back(option.get_single_name());
  } else {
    for (const std::string& name : option.get_snames()) read.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) read.names.push_back("--" + name);
  }
  if (option.get_expected_max() > 0 && option.get_items_expected_max() > 0)
    read.value = option.get_option_text().empty() ? "VALUE" : option.get_option_text();
  return read;
}

std::string notes_of(const CLI::App& app) {
  std::string notes = app.get_footer();
  const std::string codes = kExitCodes;
  if (notes.ends_with(codes)) notes.resize(notes.size() - codes.size());
  while (notes.ends_with('\n')) notes.pop_back();
  return notes;
}

void read_into(std::vector<Command>& commands, const CLI::App& app,
               const std::vector<std::string>& path) {
  Command command{path, app.get_description(), notes_of(app), {}, {}};
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; }))
    command.options.push_back(read_option(*option));
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* each : subcommands) command.subcommands.push_back(each->get_name());
  commands.push_back(std::move(command));
  for (const CLI::App* each : subcommands) {
    std::vector<std::string> below = path;
    below.push_back(each->get_name());
    read_into(commands, *each, below);
  }
}

}  // namespace

std::vector<Command> command_tree(const CLI::App& program) {
  std::vector<Command> commands;
  read_into(commands, program, {});
  return commands;
}

}  // namespace sluice::tool

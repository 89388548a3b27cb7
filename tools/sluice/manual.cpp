#include "manual.hpp"

#include <string_view>

#include "exit_code.hpp"

namespace sluice::tool {
namespace {

/// Nothing of `text` is taken for a request.
std::string escaped(std::string_view text) {
  std::string out;
  bool is_line_begin = true;
  for (const char c : text) {
    if (is_line_begin && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    is_line_begin = c == '\n';
  }
  return out;
}

/// As it stands, line by line.
std::string verbatim(std::string_view text) {
  return text.empty() ? "" : ".PP\n.nf\n" + escaped(text) + "\n.fi\n";
}

std::string name_of(const Command& command) {
  std::string name = "sluice";
  for (const std::string& word : command.path) name += " " + word;
  return name;
}

std::string option_text(const CommandOption& option) {
  std::string names;
  for (const std::string& name : option.names) {
    if (!names.empty()) names += ", ";
    names += "\\fB" + escaped(name) + "\\fR";
  }
  if (!option.value.empty()) names += " \\fI" + escaped(option.value) + "\\fR";
  return ".TP\n" + names + "\n" + escaped(option.sentence) + "\n";
}

std::string section(const Command& command) {
  std::string text = (command.path.size() == 1 ? ".SH " : ".SS ") + escaped(name_of(command)) +
                     "\n" + escaped(command.sentence) + ".\n";
  for (const CommandOption& option : command.options)
    if (option.names.back() != "--help") text += option_text(option);
  return text + verbatim(command.notes);
}

}  // namespace

std::string manual_page(std::span<const Command> commands) {
  const Command& program = commands.front();
  std::string text =
      ".\\\" Made by `sluice manual`.\n.TH SLUICE 1 \"\" \"sluice " SLUICE_VERSION
      "\" \"User Commands\"\n.SH NAME\nsluice \\- webhooks for floods of events\n.SH SYNOPSIS\n"
      ".B sluice\n.I COMMAND\n.RI [ OPTIONS ]\n.SH DESCRIPTION\n" +
      escaped(program.sentence) + "\n";
  for (const CommandOption& option : program.options) text += option_text(option);
  for (const Command& command : commands.subspan(1)) text += section(command);
  std::string_view codes = kExitCodes;
  codes.remove_prefix(codes.find('\n') + 1);
  return text + ".SH EXIT STATUS\n" + verbatim(codes);
}

}  // namespace sluice::tool

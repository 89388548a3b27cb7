#include "completion.hpp"

#include <algorithm>

namespace sluice::tool {
namespace {

/// "/keys/create"; empty for the program.
std::string path_text(const Command& command) {
  std::string text;
  for (const std::string& word : command.path) text += "/" + word;
  return text;
}

/// Subcommands and options.
std::string words_of(const Command& command) {
  std::string words;
  for (const std::string& name : command.subcommands) words += name + " ";
  for (const CommandOption& option : command.options) {
    if (option.is_positional) continue;
    for (const std::string& name : option.names) words += name + " ";
  }
  if (!words.empty()) words.pop_back();
  return words;
}

/// For bash and zsh: which words are commands, and what may follow each. The names are none that zsh
/// has tied to something.
std::string cases(std::span<const Command> commands) {
  std::string text = "  for word in \"${before[@]}\"; do\n    case \"$place/$word\" in\n      ";
  const char* separator = "";
  for (const Command& command : commands.subspan(1)) {
    text += separator + path_text(command);
    separator = "|";
  }
  text += ") place=\"$place/$word\" ;;\n    esac\n  done\n  case \"$place\" in\n";
  for (const Command& command : commands)
    text += "    '" + path_text(command) + "') offered='" + words_of(command) + "' ;;\n";
  return text + "  esac\n";
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

/// The condition under which fish offers what belongs to `command`.
std::string fish_condition(const Command& command) {
  if (command.path.empty()) return "__fish_use_subcommand";
  std::string text;
  for (const std::string& word : command.path)
    text += (text.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
  if (command.subcommands.empty()) return text;
  text += "; and not __fish_seen_subcommand_from";
  for (const std::string& name : command.subcommands) text += " " + name;
  return text;
}

std::string fish_option(const CommandOption& option) {
  std::string text;
  for (const std::string& name : option.names)
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  return text + (option.value.empty() ? "" : " -r") + " -d " + quoted(option.sentence);
}

}  // namespace

std::string bash_completion(std::span<const Command> commands) {
  return "# bash completion of sluice, made by `sluice completion bash`.\n"
         "_sluice() {\n"
         "  local place='' offered='' word\n"
         "  local -a before=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n" +
         cases(commands) +
         "  mapfile -t COMPREPLY < <(compgen -W \"$offered\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
         "}\n"
         "complete -o default -F _sluice sluice\n";
}

std::string zsh_completion(std::span<const Command> commands) {
  return "#compdef sluice\n"
         "# zsh completion of sluice, made by `sluice completion zsh`.\n"
         "_sluice_complete() {\n"
         "  local place='' offered='' word\n"
         "  local -a before=(\"${(@)words[2,CURRENT-1]}\")\n" +
         cases(commands) +
         "  compadd -- ${=offered}\n"
         "  _files\n"
         "}\n"
         // Found on zsh's fpath, all of this is the function _sluice, and its first call must complete too.
         "if [[ $funcstack[1] == _sluice ]]; then\n"
         "  _sluice_complete\n"
         "else\n"
         "  compdef _sluice_complete sluice\n"
         "fi\n";
}

std::string fish_completion(std::span<const Command> commands) {
  std::string text = "# fish completion of sluice, made by `sluice completion fish`.\n";
  for (const Command& command : commands) {
    const std::string begin = "complete -c sluice -n " + quoted(fish_condition(command));
    for (const Command& each : commands) {
      const bool is_below = each.path.size() == command.path.size() + 1 &&
                            std::equal(command.path.begin(), command.path.end(), each.path.begin());
      if (is_below) text += begin + " -f -a " + each.path.back() + " -d " + quoted(each.sentence) + "\n";
    }
    for (const CommandOption& option : command.options)
      if (!option.is_positional) text += begin + fish_option(option) + "\n";
  }
  return text;
}

}  // namespace sluice::tool

// Scripts that complete verbs, options and files in a shell.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
namespace nnrun::host {
namespace {

/// Options are asked for per verb; whatever is no option is a file.
std::string for_bash() {
  std::string text =
      "# nnrun completion bash: source it, or save it as\n"
      "# ~/.local/share/bash-completion/completions/nnrun\n"
      "_nnrun() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} words\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const std::string& verb : verb_names())
    text += "    " + verb + ") words='" + join(option_names(verb), " ") + "' ;;\n";
  text += "    *) words='" + join(option_names("train"), " ") +
          "' ;;\n"
          "  esac\n"
          "  if [[ $word == -* ]]; then\n"
          "    COMPREPLY=($(compgen -W \"$words --help\" -- \"$word\"))\n"
          "  else\n"
          "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "      COMPREPLY+=($(compgen -W '" +
          join(verb_names(), " ") +
          "' -- \"$word\"))\n"
          "    fi\n"
          "  fi\n"
          "}\n"
          "complete -o filenames -F _nnrun nnrun\n";
  return text;
}

std::string for_zsh() {
  std::string text =
      "#compdef nnrun\n"
      "# nnrun completion zsh: source it after compinit, or save it as _nnrun in $fpath\n"
      "_nnrun() {\n"
      "  local -a options\n"
      "  case ${words[2]} in\n";
  for (const std::string& verb : verb_names())
    text += "    " + verb + ") options=(" + join(option_names(verb), " ") + ") ;;\n";
  text += "    *) options=(" + join(option_names("train"), " ") +
          ") ;;\n"
          "  esac\n"
          "  if [[ ${words[CURRENT]} == -* ]]; then\n"
          "    compadd -- $options --help\n"
          "  else\n"
          "    if ((CURRENT == 2)); then compadd -- " +
          join(verb_names(), " ") +
          "; fi\n"
          "    _files\n"
          "  fi\n"
          "}\n"
          "if [[ ${funcstack[1]} == _nnrun ]]; then _nnrun \"$@\"; else compdef _nnrun nnrun; fi\n";
  return text;
}

std::string for_fish() {
  std::string text =
      "# nnrun completion fish: source it, or save it as ~/.config/fish/completions/nnrun.fish\n"
      "complete -c nnrun -n __fish_use_subcommand -a '" +
      join(verb_names(), " ") + "'\n";
  for (const std::string& verb : verb_names())
    for (const std::string& option : option_names(verb))
      text += "complete -c nnrun -n '__fish_seen_subcommand_from " + verb + "' -l " +
              option.substr(2) + "\n";
  return text;
}

}  // namespace

Exit print_completion(const Arguments& arguments) {
  const std::vector<std::string> shells{"bash", "zsh", "fish"};
  const std::string& shell = arguments.targets[0];
  if (!std::ranges::count(shells, shell))
    throw UsageError(Problem{.what = "no completion for the shell '" + shell + "'",
                             .hint = did_you_mean(shell, shells)});
  Terminal(stdout).write(shell == "bash" ? for_bash() : shell == "zsh" ? for_zsh() : for_fish());
  return Exit::done;
}

}  // namespace nnrun::host

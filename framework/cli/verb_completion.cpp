// Scripts that complete verbs, options and files in a shell.
#include <algorithm>
#include <array>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "config/keys.hpp"
namespace nnrun::host {
namespace {

std::vector<std::string> shells() {
  return {"bash", "zsh", "fish"};
}

/// Names of classes, from a list that takes some 20 ms. Calls the program in the PATH: a launcher
/// of this name elsewhere may build first.
constexpr const char* class_names =
    "command nnrun plugins 2>/dev/null | sed -n 's/^  \\([a-z0-9_]*\\)  .*/\\1/p'";

/// What may follow a verb; `$(…)` runs only when it is needed.
struct Word {
  std::string verb, words;
  bool files;  // or a file
};
std::vector<Word> words_behind_verbs() {
  return {{"new", join(known_kinds(), " "), false},
          {"plugins", "$(" + std::string(class_names) + ")", true},
          {"completion", join(shells(), " "), false},
          {"runs", "diff rm", true},
          {"help", join(verb_names(), " "), false}};
}

/// What may follow --set.
std::string changes() {
  std::vector<std::string> words;
  for (const Key& key : keys()) {
    const bool is_part = key.path.find("[]") != key.path.npos || key.path.starts_with("sweep");
    if (key.layer_use) words.push_back("model.defaults." + std::string(key.name()) + "=");
    if (!is_part && key.shape != Key::Shape::map && key.path != "extends")
      words.push_back(std::string(key.path) + "=");
  }
  return join(words, " ");
}

/// Returns `case WORD in …` with a line per verb and its options; anything that is not a verb is
/// trained.
std::string cases(const std::string& before, const std::string& after) {
  std::string text;
  for (const std::string& verb : verb_names())
    text += "    " + verb + ") " + before + join(option_names(verb), " ") + after + " ;;\n";
  return text + "    *) " + before + join(option_names("train"), " ") + after + " ;;\n";
}

std::string for_bash() {
  std::string text =
      "# nnrun completion bash: source it, or save it as\n"
      "# ~/.local/share/bash-completion/completions/nnrun\n"
      "_nnrun() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} words= files=yes\n"
      "  COMPREPLY=()\n"
      "  if [[ ${COMP_WORDS[COMP_CWORD - 1]} == --set ]]; then\n"
      "    compopt -o nospace 2>/dev/null\n"
      "    files= words='" +
      changes() +
      "'\n"
      "  elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --resume ]]; then\n"
      "    files=\n"
      "    mapfile -t COMPREPLY < <(compgen -d -- \"$word\")\n"
      "  elif [[ $word == -* ]]; then\n"
      "    files=\n"
      "    case ${COMP_WORDS[1]} in\n" +
      cases("words='", " --help'") +
      "    esac\n"
      "  elif ((COMP_CWORD == 1)); then\n"
      "    words='" +
      join(verb_names(), " ") +
      "'\n"
      "  elif ((COMP_CWORD == 2)); then\n"
      "    case ${COMP_WORDS[1]} in\n";
  for (const Word& word : words_behind_verbs())
    text += "    " + word.verb + ") words=\"" + word.words + "\"" + (word.files ? "" : " files=") +
            " ;;\n";
  return text +
         "    esac\n"
         "  fi\n"
         "  if [[ $words ]]; then mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\"); "
         "fi\n"
         "  if [[ $files ]]; then\n"
         "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$word\")\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _nnrun nnrun\n";
}

std::string for_zsh() {
  std::string text =
      "#compdef nnrun\n"
      "# nnrun completion zsh: source it after compinit, or save it as _nnrun in $fpath\n"
      "_nnrun() {\n"
      "  local -a options\n"
      "  if [[ ${words[CURRENT - 1]} == --set ]]; then\n"
      "    compadd -S '' -- " +
      changes() +
      "\n"
      "    return\n"
      "  fi\n"
      "  if [[ ${words[CURRENT - 1]} == --resume ]]; then\n"
      "    _files -/\n"
      "    return\n"
      "  fi\n"
      "  if [[ ${words[CURRENT]} == -* ]]; then\n"
      "    case ${words[2]} in\n" +
      cases("options=(", " --help)") +
      "    esac\n"
      "    compadd -- $options\n"
      "    return\n"
      "  fi\n"
      "  if ((CURRENT == 2)); then\n"
      "    compadd -- " +
      join(verb_names(), " ") +
      "\n"
      "  elif ((CURRENT == 3)); then\n"
      "    case ${words[2]} in\n";
  for (const Word& word : words_behind_verbs())
    text += "    " + word.verb + ") compadd -- " + word.words + (word.files ? "" : "; return") +
            " ;;\n";
  return text +
         "    esac\n"
         "  fi\n"
         "  _files\n"
         "}\n"
         "if [[ ${funcstack[1]} == _nnrun ]]; then _nnrun \"$@\"; else compdef _nnrun nnrun; fi\n";
}

std::string for_fish() {
  const std::string all = join(verb_names(), " ");
  std::string text =
      "# nnrun completion fish: source it, or save it as ~/.config/fish/completions/nnrun.fish\n"
      "function __nnrun_behind # the words so far are nnrun and these\n"
      "  set -l words (commandline -opc)\n"
      "  test \"$words[2..-1]\" = \"$argv\"\n"
      "end\n"
      "function __nnrun_verb # whatever is not a verb is trained\n"
      "  set -l words (commandline -opc)\n"
      "  set -l verb $words[2]\n"
      "  contains -- \"$verb\" " +
      all +
      "; or set verb train\n"
      "  test $verb = $argv\n"
      "end\n"
      "function __nnrun_keys\n"
      "  printf '%s\\n' " +
      changes() +
      "\n"
      "end\n"
      "complete -c nnrun -n __nnrun_behind -a '" +
      all + "'\n";
  for (const Word& word : words_behind_verbs()) {
    const bool asked = word.words.starts_with("$");
    text += "complete -c nnrun -n '__nnrun_behind " + word.verb +
            (word.files ? "' -a " : "' -f -a ") +
            (asked ? "\"(" + std::string(class_names) + ")\"" : "'" + word.words + "'") + "\n";
  }
  for (const std::string& verb : verb_names()) {
    std::vector<std::string> names = option_names(verb);
    names.emplace_back("--help");
    for (const std::string& option : names)
      text += "complete -c nnrun -n '__nnrun_verb " + verb + "' -l " + option.substr(2) +
              (option == "--set"      ? " -x -a '(__nnrun_keys)'\n"
               : option == "--resume" ? " -x -a '(__fish_complete_directories)'\n"
                                      : "\n");
  }
  return text;
}

}  // namespace

Exit print_completion(const Arguments& arguments) {
  const std::string& shell = arguments.targets[0];
  if (!std::ranges::count(shells(), shell))
    throw UsageError(Problem{.what = "no completion for the shell '" + shell + "'",
                             .hint = did_you_mean(shell, shells())});
  Terminal(stdout).write_data(shell == "bash"  ? for_bash()
                              : shell == "zsh" ? for_zsh()
                                               : for_fish());
  return Exit::done;
}

}  // namespace nnrun::host

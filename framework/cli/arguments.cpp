#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "config/compose.hpp"
#include "loading/registry.hpp"
namespace nnrun::host {
namespace {

struct Verb {
  const char *name, *target, *summary;
  std::size_t fewest, most;  // targets
  const char* options;       // besides those of every verb
};
constexpr std::array verbs{
    Verb{"train", "CONFIG", "train what a config describes (the default verb)", 1, 1,
         "--set --out --threads --exchange --watchdog --resume-run --no-plugins"},
    Verb{"serve", "CONFIG",
         "train a config as a page in a browser says, which shows what it learns", 1, 1,
         "--set --out --threads --port --open --no-plugins"},
    Verb{"compare", "CONFIG...", "train configs with the same seeds, and say which is better", 1,
         1000,
         "--set --seeds --folds --baseline --metric --budget --jobs --time --timeout --fail-if "
         "--out --shard "
         "--resume --csv-table --md --no-plugins"},
    Verb{"sweep", "CONFIG", "train every setting of the config's sweep, best first", 1, 1,
         "--set --seeds --folds --metric --budget --jobs --time --timeout --out --shard --slurm "
         "--resume --then "
         "--csv-table --md --no-plugins"},
    Verb{"check", "FILE...", "check configs without training, and plugin libraries by laws", 1,
         1000, "--set-class --gradients --no-plugins"},
    Verb{"doctor", "CONFIG|RUN",
         "train a little, and say what keeps a config or a recorded run from learning", 1, 1,
         "--set --seconds --threads --no-plugins"},
    Verb{"time", "CONFIG", "measure where the time of a training step goes, layer by layer", 1, 1,
         "--set --threads --exchange --watchdog --no-plugins"},
    Verb{"eval", "RUN", "cost and metrics of a recorded run on its test data, or on other data", 1,
         1, "--set --data --on-error --no-plugins"},
    Verb{"predict", "RUN...",
         "outputs of a recorded run, for x1,x2,..., a text, or the rows of a file (--csv, --jsonl, "
         "--npy, --idx)",
         1, 10000,
         "--set --data-format --csv --jsonl --npy --idx --keep --brief --on-error --json-lines "
         "--continue --seed --threads --no-plugins"},
    Verb{"convert", "TABLE FILE.npy",
         "write a text table as a file that trains the same, whatever its size", 2, 2,
         "--data-format --category --leave-out --float-numbers --overwrite"},
    Verb{"export", "RUN",
         "write a recorded network as a C file, which gives the same bits, for NumPy, or as ONNX",
         1, 1, "--set --c --python --onnx --float --static-inline --prefix --no-plugins"},
    Verb{"import", "FILE.onnx",
         "make a config and weights of an ONNX file, to predict with and to train on", 1, 1,
         "--to --no-plugins"},
    Verb{"verify", "RUN", "train a recorded run again, and say whether it gives the same bits", 1,
         1, "--threads --no-plugins"},
    Verb{"replay", "RUN",
         "make a run again that was changed by hand while it was served, with the same changes", 1,
         1, "--out --threads --no-plugins"},
    Verb{"summary", "CONFIG", "show the layers, their shapes and their parameters", 1, 1,
         "--set --no-plugins"},
    Verb{"new", "KIND NAME",
         "write a folder for a new plugin, or a config for a table: new config data.csv", 2, 2,
         "--target --windows --out-config"},
    Verb{"plugins", "[NAME]",
         "list every class by kind; settings of one, or of a library's (FILE.so)", 0, 1,
         "--md --index"},
    Verb{"schema", "[LIBRARY...]", "print a JSON Schema of configs, for editors", 0, 1000, ""},
    Verb{"completion", "SHELL", "print a script that completes words in bash, zsh or fish", 1, 1,
         ""},
    Verb{"runs", "[FOLDER]", "list the recorded runs below a folder (runs); diff A B; rm RUN...", 0,
         10000, "--yes"},
    Verb{"help", "[VERB]", "show this help, or the help of a verb", 0, 1, ""},
    Verb{"version", "", "show the version and how it was built", 0, 0, ""},
};

struct Option {
  const char *names, *value, *doc;  // value: empty for a flag
  bool repeats = false;
  const char* id = "";  // what verbs call it, if two options share a name

  /// Returns `--quiet` of `-q,--quiet`.
  std::string name() const {
    const std::string_view all(names);
    return std::string(all.substr(all.rfind(',') + 1));
  }
};
constexpr std::array options{
    Option{"--set", "PATH=VALUE", "change a key of the config; may be repeated", true},
    Option{"--set", "PATH=VALUE",
           "a key of the config, or [KIND.]NAME.SETTING of a class of the library", true,
           "--set-class"},
    Option{"--data", "KEY=VALUE", "short for --set data.KEY=VALUE, for example test=new.csv", true},
    Option{"--data", "KEY=VALUE",
           "how the file is written, if not as the run's own: encoding=latin1, decimal=,", true,
           "--data-format"},
    Option{"--gradients", "A,B", "compare two ways to differentiate on the first batch"},
    Option{"--no-plugins", "", "load no library that a config names: for configs of strangers"},
    Option{"--csv", "FILE",
           "a CSV file with a row of names, plain or .gz; - for standard input, row by row"},
    Option{"--jsonl", "FILE",
           "a row of JSON on each line, by column or in order; plain or .gz; - for standard input"},
    Option{"--npy", "FILE", "a NumPy array, an example per row"},
    Option{"--idx", "FILE", "images in a file as MNIST's, plain or .gz"},
    Option{"--keep", "NAMES",
           "columns of --csv, keys of --jsonl, to repeat beside the answers: id,name; or all of "
           "them: all",
           true},
    Option{"--brief", "", "of classes, the likeliest and its probability, not a column for each"},
    Option{"--on-error", "WHAT",
           "if a row cannot be answered: refuse the file, or leave its answer empty; eval leaves "
           "the row out (refuse)"},
    Option{"--json-lines", "", "a line for each row: an object, as --json has it in its list"},
    Option{"--continue", "N",
           "of a run on characters: let the text go on for so many, each drawn by its probability"},
    Option{"--seed", "N", "of --continue: another number draws others (the run's seed)"},
    Option{"--c", "FILE", "the C99 file to write: net_predict, its weights, and a self-test"},
    Option{"--python", "FILE", "the Python file to write, which needs NumPy alone"},
    Option{"--onnx", "FILE",
           "the ONNX file to write, of opset 17: preparation and classes included"},
    Option{"--to", "DIR", "the folder to write config.yaml and weights.safetensors to"},
    Option{"--float", "", "of --c: arguments are float, not double"},
    Option{"--float", "", "numbers take 4 bytes, not 8, and lose digits", false, "--float-numbers"},
    Option{"--category", "COLUMN", "keep the texts of a column that looks like numbers: 007", true},
    Option{"--leave-out", "COLUMN", "a column that the file is to be without", true},
    Option{"--overwrite", "", "replace a file of that name"},
    Option{"--static-inline", "", "of --c: functions are static inline, a file to include"},
    Option{"--prefix", "NAME", "of --c: what its names begin with (net)"},
    Option{"--csv", "", "a CSV row per run instead of the table", false, "--csv-table"},
    Option{"--md", "", "the table, or a reference of all classes, in Markdown"},
    Option{"--index", "",
           "note what nnrun's own libraries provide: later starts load what they need"},
    Option{"--seeds", "N|A,B,...", "1 to N, or a list of seeds"},
    Option{"--folds", "K", "hold each of K parts of the examples out in turn (cross-validation)"},
    Option{"--baseline", "NAME", "what the others are compared with (the first config)"},
    Option{"--metric", "NAME",
           "what is compared: accuracy, test.accuracy (the first that all have)"},
    Option{"--budget", "LENGTH", "train all for equal epochs, examples[=N] or seconds=N"},
    Option{"--jobs", "N", "runs at a time (the number of cores)"},
    Option{"--time", "", "one run at a time, for times that can be compared"},
    Option{"--timeout", "SECONDS", "a run that takes longer has failed"},
    Option{"--fail-if", "CONDITION", "exit with 1, for example if 'accuracy < baseline - 0.01'"},
    Option{"--shard", "I/N", "only this part of the runs: other machines do the others"},
    Option{"--slurm", "",
           "plan it, and print a job for sbatch that trains it in tasks (as many as --jobs)"},
    Option{"--then", "train-best", "train the best point, on all that the sweep chose by"},
    Option{"--resume", "DIR", "go on in this folder with what is missing"},
    Option{"--resume", "RUN", "go on with a run, in its folder, from its newest checkpoint", false,
           "--resume-run"},
    Option{"--out", "DIR", "the run folder itself; it must not exist"},
    Option{"--out", "FILE", "the config to write (data.yaml)", false, "--out-config"},
    Option{"--target", "COLUMN",
           "what to predict (the last column); again for another number or label"},
    Option{"--windows", "N",
           "of new config: the rows follow each other in time, and an example is N of them"},
    Option{"--seconds", "N", "how long the doctor may train (5)"},
    Option{"--port", "N", "where the page is on this machine (0: any free one)"},
    Option{"--open", "", "open the page in the desktop's browser"},
    Option{"--threads", "N", "threads; changes the time, never a bit"},
    Option{
        "--exchange", "CLASS",
        "share the training with other processes: mpi, or '{type: local, processes: 4}'; changes "
        "the time, never a bit"},
    Option{"--watchdog", "SECONDS",
           "of --exchange: how long a process waits for another before it ends (30)"},
    Option{"--yes", "", "remove without asking"},
    Option{"--json", "", "one JSON object instead of text"},
    Option{"-q,--quiet", "", "results only: no table of layers, no progress"},
    Option{"-v,--verbose", "", "more: libraries, memory, what plugins say"},
};
constexpr const char* options_of_every_verb = "--json --quiet --verbose";

/// In the order of the table, so that help reads the same everywhere.
std::vector<const Option*> options_of(const Verb& verb) {
  const std::string listed = std::string(verb.options) + " " + options_of_every_verb + " ";
  std::vector<const Option*> out;
  for (const Option& option : options)
    if (listed.find((*option.id ? std::string(option.id) : option.name()) + " ") !=
        std::string::npos)
      out.push_back(&option);
  return out;
}

const Verb* find_verb(const std::string& name) {
  const auto found = std::ranges::find(verbs, name, &Verb::name);
  return found == verbs.end() ? nullptr : &*found;
}

/// Returns whether a word can only be a file.
bool looks_like_file(const std::string& word) {
  std::error_code none;  // a word may be too long for a file
  return word.find('/') != std::string::npos || word.ends_with(".yaml") || word.ends_with(".yml") ||
         std::filesystem::exists(word, none);
}

/// Returns whether a word is `-q` or another option of every verb, which may stand before the verb.
bool is_for_every_verb(const std::string& word) {
  return std::ranges::any_of(options, [&](const Option& option) {
    return (" " + std::string(options_of_every_verb) + " ").find(" " + option.name() + " ") !=
               std::string::npos &&
           ("," + std::string(option.names) + ",").find("," + word + ",") != std::string::npos;
  });
}

/// Throws UsageError for a table where a config is wanted.
void refuse_table(const std::string& file) {
  for (const char* const ending : {".csv", ".tsv", ".csv.gz"})
    if (file.ends_with(ending))
      throw UsageError(Problem{.what = "'" + file + "' is a table, not a config",
                               .hint = "nnrun new config " + file + " writes one for it"});
}

/// Takes out the verb: the first word but for options of every verb. A file there means `train`.
const Verb& take_verb(std::vector<std::string>& words) {
  if (words.empty()) return *find_verb("help");
  const auto place = std::ranges::find_if_not(words, is_for_every_verb);
  const std::string first = place == words.end() ? words.front() : *place;
  if (first == "-h" || first == "--help" || first == "--version") {
    words.erase(place);
    return *find_verb(first == "--version" ? "version" : "help");
  }
  if (const Verb* verb = find_verb(first)) {
    words.erase(place);
    return *verb;
  }
  refuse_table(first);
  if (first.starts_with("-") || looks_like_file(first)) return *find_verb("train");
  throw UsageError(Problem{.what = "'" + first + "' is neither a verb nor a config file",
                           .hint = did_you_mean(first, verb_names())});
}

void declare(CLI::App& app, const Verb& verb, Arguments& arguments) {
  app.add_option("targets", arguments.targets)->expected(0, CLI::detail::expected_max_vector_size);
  for (const Option* option : options_of(verb)) {
    const auto keep = [&given = arguments.given,
                       name = option->name()](const CLI::results_t& values) {
      std::ranges::copy(values, std::back_inserter(given[name]));
      return true;
    };
    if (*option->value == 0)
      app.add_flag_callback(option->names, [keep] { keep({}); });
    else
      app.add_option(option->names, keep, option->doc)->expected(1)->take_all();
  }
}

unsigned thread_count(const std::string& text) {
  const auto number = parse_integer(text);
  if (!number || *number < 1 || *number > 1024)
    throw UsageError(
        Problem{.what = "--threads needs a whole number from 1 to 1024, not '" + text + "'"});
  return static_cast<unsigned>(*number);
}

Override override_of(const std::string& text, const std::string& option) {
  if (const auto found = override_in(text)) return *found;
  throw UsageError(
      option == "--set"
          ? Problem{.what = "--set needs PATH=VALUE, not '" + text + "'",
                    .hint = "for example --set train.epochs=5"}
          : Problem{.what = "--data needs KEY=VALUE, not '" + text + "'",
                    .hint = "KEY is a setting of the data set, for example --data test=new.csv"});
}

std::string kinds_text() {
  return "kinds: " + join(known_kinds(), ", ");
}

Problem needs_target(const Verb& verb) {
  if (std::string_view(verb.name) == "completion")
    return {.what = "completion needs a shell: bash, zsh or fish",
            .hint = "source <(nnrun completion bash)"};
  if (std::string_view(verb.name) == "new")
    return {.what = "new needs a kind and a name",
            .hint = "nnrun new activation swish, or nnrun new config data.csv\n" + kinds_text()};
  if (std::string_view(verb.name) == "check")
    return {.what = "check needs a config or a library",
            .hint = "nnrun check configs/diagonal.yaml, or nnrun check LIBRARY.so"};
  if (std::string_view(verb.name) == "import")
    return {.what = "import needs an ONNX file", .hint = "nnrun import net.onnx --to FOLDER"};
  if (std::string_view(verb.name) == "convert")
    return {.what = "convert needs a table and a file to write",
            .hint = "nnrun convert big.csv big.npy"};
  const bool run = std::string_view(verb.target).starts_with("RUN");
  return {.what = std::string(verb.name) + (run ? " needs a run" : " needs a config"),
          .place = {},
          .where = {},
          .label = {},
          .hint = "nnrun " + std::string(verb.name) +
                  (run ? " runs/diagonal/0001" : " configs/diagonal.yaml")};
}

/// CLI11's errors in our words: a value is missing, or an option is unknown.
Problem misused(const CLI::ParseError& error, const CLI::App& app, const Verb& verb) {
  const std::string said = error.what(), help = "nnrun help " + std::string(verb.name);
  for (const Option* option : options_of(verb))
    if (*option->value && said.starts_with(option->name()))
      return {.what = option->name() + " needs " + option->value, .hint = help};
  const std::vector<std::string> unknown = app.remaining();
  if (unknown.empty()) return {.what = said, .hint = help};
  const std::string word = unknown.front().substr(0, unknown.front().find('='));
  if (std::string_view(verb.name) == "serve" &&
      (word == "--host" || word == "--bind" || word == "--address"))
    return {.what = "serve has no option '" + word + "': it answers this machine alone",
            .hint = "from another one, ssh -L 8000:127.0.0.1:8000 HOST, with serve --port 8000"};
  const std::optional<std::string> near = nearest(word, option_names(verb.name));
  return {.what = std::string(verb.name) + " has no option '" + word + "'",
          .hint = near ? "did you mean '" + *near + "'?" : help};
}

void check_targets(const Arguments& arguments, const Verb& verb) {
  const std::vector<std::string>& targets = arguments.targets;
  if (targets.size() < verb.fewest && !arguments.has("--resume"))
    throw UsageError(needs_target(verb));
  if (std::string_view(verb.target).starts_with("CONFIG"))
    for (const std::string& target : targets) refuse_table(target);
  if (targets.size() > verb.most)
    throw UsageError(Problem{
        .what = "'" + targets[verb.most] + "' is one word too many",
        .hint =
            "nnrun " + std::string(verb.name) + (*verb.target ? " " : "") + verb.target +
            (std::string_view(verb.name) == "eval" ? "; for other data, --data test=FILE" : "")});
}

}  // namespace

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const Verb& verb : verbs) names.emplace_back(verb.name);
  return names;
}

std::vector<std::string> option_names(const std::string& name) {
  std::vector<std::string> names;
  if (const Verb* const verb = find_verb(name))
    for (const Option* option : options_of(*verb)) names.push_back(option->name());
  return names;
}

Arguments parse_arguments(int argc, const char* const* argv) {
  Arguments arguments;
  arguments.command_line.assign(argv, argv + argc);
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const Verb& verb = take_verb(words);
  arguments.verb = verb.name;

  CLI::App app;
  declare(app, verb, arguments);
  std::ranges::reverse(words);  // as CLI11 wants them
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    arguments.verb = "help";
    arguments.targets = {verb.name};
    return arguments;
  } catch (const CLI::ParseError& e) {
    throw UsageError(misused(e, app, verb));
  }
  check_targets(arguments, verb);
  arguments.json = arguments.has("--json");
  arguments.quiet = arguments.has("--quiet");
  arguments.verbose = arguments.has("--verbose");
  if (arguments.has("--threads")) arguments.threads = thread_count(arguments.text("--threads"));
  for (const std::string& text : arguments.values("--set"))
    arguments.overrides.push_back(override_of(text, "--set"));
  for (const std::string& text : arguments.values("--data")) {
    arguments.overrides.push_back(override_of(text, "--data"));
    arguments.overrides.back().path.insert(0, "data.");
  }
  return arguments;
}

std::string help_text(const std::string& name) {
  const Verb* const verb = find_verb(name);
  if (!name.empty() && !verb)
    throw UsageError(Problem{.what = "there is no verb '" + name + "'",
                             .hint = did_you_mean(name, verb_names())});
  std::string text;
  if (!verb || name == "help") {
    text =
        "nnrun trains neural networks that are written down in YAML.\n\n"
        "  nnrun CONFIG            train what the config describes, and record it\n"
        "  nnrun VERB ...          do something else:\n\n";
    for (const Verb& v : verbs) {
      std::string line = "  " + std::string(v.name) + " " + v.target;
      line.resize(std::max<std::size_t>(line.size() + 1, 22), ' ');
      text += line + v.summary + "\n";
    }
    text +=
        "\nnnrun help VERB shows the options of a verb; man nnrun, where installed, tells all.\n"
        "Exit status: 0 done, 1 the run failed, 2 usage, 3 config, 4 plugin, 5 data,\n"
        "130, 143 or 129 interrupted.\n";
    return text;
  }
  text = "usage: nnrun " + std::string(verb->name) + " " + verb->target + " [options]\n\n  " +
         verb->summary + "\n\n";
  if (name == "new") text += "  " + kinds_text() + "\n\n";
  for (const Option* option : options_of(*verb)) {
    std::string names = option->names;
    if (const std::size_t comma = names.find(','); comma != std::string::npos)
      names.insert(comma + 1, 1, ' ');
    std::string line = "  " + names + (*option->value ? " " : "") + option->value;
    line.resize(std::max<std::size_t>(line.size() + 2, 21), ' ');
    text += line + option->doc + "\n";
  }
  text += "  -h, --help         this text\n";
  return text;
}

}  // namespace nnrun::host

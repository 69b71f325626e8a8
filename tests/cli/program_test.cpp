// What a user types and sees.
#include "support/program.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

}  // namespace

TEST_CASE("a run prints its result on stdout and its talk on stderr", "[cli]") {
  const Scratch scratch;
  const Ended run_ = run("$nnrun $configs/diagonal.yaml", scratch.folder());
  CHECK(run_.status == 0);
  CHECK_THAT(run_.out, StartsWith("test   cost 0.009918   accuracy 98.89 %   (10000 examples, "
                                  "not seen in training)\n"
                                  "predict (0.5, 0.01)  0.00001931471117869"));
  CHECK_THAT(run_.out, Contains("saved  runs/diagonal/0001 (report.html)\n") && Contains("█"));
  CHECK_THAT(run_.err,
             StartsWith("diagonal  seed 1 · float64 · 1 thread · runs/diagonal/0001\n"
                        "  Layer (type)     Output  Param #  Activation  from\n"
                        "  dense_1 (dense)  5            10  sigmoid     layers.so, article.so\n"));
  CHECK_THAT(run_.err, Contains("epoch 1/1  cost 0.02630  accuracy 96.65 %"));
  CHECK_THAT(run_.err, !Contains("\033") && !Contains("\r"));
}

TEST_CASE("a run leaves a folder that says how to get the same bits again", "[cli]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal.yaml", scratch.folder()).status == 0);
  const auto folder = scratch / "runs/diagonal/0001";
  CHECK(names_in(folder) == std::vector<std::string>{"config.yaml", "metrics.csv",
                                                     "model.safetensors", "report.html", "run.json",
                                                     "source"});
  CHECK(text_of(folder / "source/diagonal.yaml") ==
        text_of(NNRUN_SOURCE_DIR "/configs/diagonal.yaml"));
  const json record = parsed(text_of(folder / "run.json"));
  CHECK(record["status"] == "done");
  CHECK(record["seed"] == 1);
  CHECK(record["random"] == "arc4");
  for (const char* key : {"started", "command_line", "version", "machine", "plugins",
                          "config_sha256", "data_sha256", "peak_memory_bytes", "result"})
    CHECK(record.contains(key));
  for (const json& plugin : record["plugins"])
    CHECK(plugin["sha256"].get<std::string>().size() == 64);

  REQUIRE(run("$nnrun -q runs/diagonal/0001/config.yaml", scratch.folder()).status == 0);
  const json again = parsed(text_of(scratch / "runs/diagonal/0002/run.json"));
  CHECK(again["result"]["weights_sha256"] == record["result"]["weights_sha256"]);
  CHECK(again["data_sha256"] == record["data_sha256"]);
}

TEST_CASE("metrics.csv has a row per epoch", "[cli]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal-minibatch.yaml --set train.epochs=3", scratch.folder())
              .status == 0);
  const std::string csv = text_of(scratch / "runs/diagonal-minibatch/0001/metrics.csv");
  CHECK_THAT(csv, StartsWith("epoch,step,examples,seconds,train.cost,test.cost,train.accuracy,"
                             "test.accuracy\n1,100,10000,"));
  CHECK(std::ranges::count(csv, '\n') == 4);
}

TEST_CASE("--json prints one object and nothing else", "[cli]") {
  const Scratch scratch;
  const Ended run_ =
      run("$nnrun --json $configs/diagonal.yaml --out here --threads 2", scratch.folder());
  CHECK(run_.status == 0);
  CHECK(run_.err == "");
  CHECK(std::ranges::count(run_.out, '\n') == 1);
  const json result = parsed(run_.out);
  CHECK(result["name"] == "diagonal");
  CHECK(result["run"] == "here");
  CHECK(result["seed"] == 1);
  CHECK(result["dtype"] == "float64");
  CHECK(result["parameters"] == 15);
  CHECK(result["epochs"] == 1);
  CHECK(result["train"].contains("cost"));
  CHECK(result["test"]["accuracy"].get<double>() == 0.9889);
  CHECK(result["predict"][1]["input"] == json({0.3, 0.7}));
  CHECK(result["predict"][1]["output"][0].get<double>() ==
        Approx(0.9999203743668156).epsilon(1e-10));
  CHECK(result["seconds"].contains("total"));
  CHECK(result["seconds"].contains("train"));
  CHECK(result["examples_per_second"].get<double>() > 0);
  CHECK(result["weights_sha256"].get<std::string>().size() == 64);
}

TEST_CASE("every verb answers, in text and in JSON", "[cli]") {
  const Scratch scratch;
  const std::string verb =
      GENERATE(as<std::string>(), "check $configs/diagonal.yaml", "summary $configs/diagonal.yaml",
               "doctor $configs/diagonal.yaml", "time $configs/diagonal.yaml", "plugins",
               "plugins sigmoid", "plugins activation", "runs", "version");
  CAPTURE(verb);
  const Ended text = run("$nnrun " + verb, scratch.folder());
  CHECK(text.status == 0);
  CHECK((text.out != "" || verb == "runs"));
  const Ended object = run("$nnrun " + verb + " --json", scratch.folder());
  CHECK(object.status == 0);
  parsed(object.out);
  CHECK(names_in(scratch.folder()) == std::vector<std::string>{".command", ".err", ".out"});
}

TEST_CASE("help shows every verb and every verb has help", "[cli]") {
  const Scratch scratch;
  const std::string help = run("$nnrun --help", scratch.folder()).out;
  CHECK(help == run("$nnrun help", scratch.folder()).out);
  for (const char* verb : {"train", "serve", "doctor", "time", "check", "summary", "verify",
                           "convert", "export", "import", "plugins", "runs", "help", "version"}) {
    CHECK_THAT(help, Contains(std::string("\n  ") + verb + " "));
    if (std::string(verb) == "help") continue;
    const Ended own = run(std::string("$nnrun ") + verb + " --help", scratch.folder());
    CHECK(own.status == 0);
    CHECK_THAT(own.out, StartsWith(std::string("usage: nnrun ") + verb));
  }
}

TEST_CASE("what is wrong gets one sentence and its exit status", "[cli]") {
  const auto [command, status, message] = GENERATE(table<std::string, int, std::string>({
      {"$nnrun trian x", 2,
       "error: 'trian' is neither a verb nor a config file\n   = help: did you mean 'train'?\n"},
      {"$nnrun train", 2,
       "error: train needs a config\n   = help: nnrun train configs/diagonal.yaml\n"},
      {"$nnrun $configs/diagonal.yaml --threads 0", 2,
       "error: --threads needs a whole number from 1 to 1024, not '0'\n"},
      {"$nnrun $configs/diagonal.yaml --set epochs", 2,
       "error: --set needs PATH=VALUE, not 'epochs'\n   = help: for example --set "
       "train.epochs=5\n"},
      {"$nnrun help trian", 2,
       "error: there is no verb 'trian'\n   = help: did you mean 'train'?\n"},
      {"$nnrun plugins sigmod", 2,
       "error: no loaded plugin is called 'sigmod'\n   = help: did you mean 'sigmoid'?\n"
       "           of a library that is not loaded: nnrun plugins FILE.so, or set "
       "NNRUN_PLUGIN_PATH=FILE.so\n"},
      {"$nnrun no.yaml", 3, "error: cannot read 'no.yaml': no such file\n"},
      {"mkdir d && $nnrun ./d", 3, "error: cannot read './d': it is a directory\n"},
      {"mkdir d && touch d/config.yaml && $nnrun time d", 2,
       "error: 'd' is a folder, not a config\n   = help: give the config in it: d/config.yaml\n"},
      {"$nnrun serve no.yaml --host 0.0.0.0", 2,
       "error: serve has no option '--host': it answers this machine alone\n"
       "   = help: from another one, ssh -L 8000:127.0.0.1:8000 HOST, with serve --port 8000\n"},
      {"mkdir d && $nnrun $configs/diagonal.yaml --out d", 1,
       "error: the run folder 'd' exists already\n"
       "   = help: name a new one with --out, or leave --out away\n"},
      {"NNRUN_PLUGIN_PATH=./no.so $nnrun plugins", 4, ""},
      {"$nnrun $configs/symptoms.yaml --set data.path=/no.csv", 5,
       "error: no such file\n  --> /no.csv\n"},
      {"printf 'a,b\\n1,2\\n3,x\\n' > d.csv; $nnrun $configs/symptoms.yaml "
       "--set data.path=$PWD/d.csv --set data.targets=[b] --set predict=[] --set model.input=1",
       5, "column 'b': expected a finite number, found 'x'\n"},
  }));
  CAPTURE(command);
  const Scratch scratch;
  const Ended ended = run(command, scratch.folder());
  CHECK(ended.status == status);
  CHECK(ended.out == "");
  CHECK_THAT(ended.err, StartsWith("error: "));
  if (message.starts_with("error")) CHECK(ended.err == message);
  CHECK_THAT(ended.err, Contains(message));
  CHECK_FALSE(std::filesystem::exists(scratch / "runs"));
}

TEST_CASE("check compares two ways to differentiate, block by block", "[cli]") {
  const Scratch scratch;
  const std::string command =
      "$nnrun check $configs/diagonal-bias.yaml --gradients finite_difference,backprop "
      "--set train.gradient.step=1e-6";
  const Ended text = run(command, scratch.folder());
  CHECK(text.status == 0);
  CHECK_THAT(text.out, Contains("  block            largest difference  relative\n"
                                "  dense_1/weights  ") &&
                           Contains("\n  finite_difference: cost "));
  CHECK_THAT(text.out,
             Contains("  finite_difference and backprop agree: a relative difference of ") &&
                 Contains(" in all\n"));
  CHECK_THAT(
      run("$nnrun check $configs/diagonal.yaml --gradients spsa,backprop", scratch.folder()).out,
      Contains("  spsa and backprop DISAGREE by ") && Contains(": only a random gradient may\n"));
  scratch.write("cut.yaml",
                "data: {type: adding, length: 6, train: 20, test: 5}\ndtype: float64\n"
                "model: {layers: [{type: lstm, units: 3, truncate: 2}, {type: dense, units: 1}]}\n"
                "train: {cost: mean_squared_error, batch_size: 20}\n");
  const std::string cut = "$nnrun check cut.yaml --gradients central_difference,backprop";
  CHECK_THAT(run(cut, scratch.folder()).out,
             Contains(" in all: lstm_1 cuts slopes on their way back; they agree without "
                      "'truncate', if all else is right\n"));
  CHECK_THAT(run(cut + " --set model.layers.lstm_1.truncate=6", scratch.folder()).out,
             Contains("central_difference and backprop agree: "));
  const json result = parsed(run(command + " --json", scratch.folder()).out)["configs"][0];
  CHECK(result["agree"] == true);
  CHECK(result["blocks"].size() == 4);
  // a forward difference is off by step · f'' / 2 and by rounding / step
  for (const json& block : result["blocks"]) CHECK(block["relative"].get<double>() < 1e-5);
  CHECK(result["gradients"][0]["cost"].get<double>() ==
        Approx(result["gradients"][1]["cost"].get<double>()).epsilon(1e-12));
  CHECK_THAT(text.err, !Contains("comparing"));
  scratch.write("wide.yaml",
                "data: circle\nmodel: {layers: [{type: dense, units: 7000, activation: tanh}, "
                "{type: dense, units: 1}]}\ntrain: {cost: mean_squared_error}\n");
  const std::string wide = "$nnrun check wide.yaml --gradients backprop,";
  CHECK_THAT(run(wide + "spsa", scratch.folder()).err,
             Contains("comparing the gradients of 28001 parameters, which may take minutes\n"));
  CHECK_THAT(run(wide + "backprop", scratch.folder()).err, !Contains("comparing"));
  const Ended wrong =
      run("$nnrun check $configs/diagonal.yaml --gradients backprop,backprob", scratch.folder());
  CHECK(wrong.status == 2);
  CHECK(wrong.err ==
        "error: no loaded plugin provides the gradient 'backprob'\n"
        "   = help: did you mean 'backprop'?\n");
}

TEST_CASE("a run that diverges exits with 1, keeps its record and says what to try", "[cli]") {
  const Scratch scratch;
  const Ended ended =
      run("$nnrun $configs/diagonal-analytic.yaml --set model.defaults.activation=null "
          "--set train.optimizer.learning_rate=1e6",
          scratch.folder());
  CHECK(ended.status == 1);
  CHECK(ended.out == "");
  CHECK_THAT(ended.err, Contains("error: cost became infinite in epoch 1, step ") &&
                            Contains("= help: learning_rate 1e+06 -> try 0.1\n") &&
                            Contains("   = note: likely cause: a learning rate that is far too "
                                     "large\n           largest input 'y': "));
  const json record = parsed(text_of(scratch / "runs/diagonal-analytic/0001/run.json"));
  CHECK(record["status"] == "failed");
  CHECK_THAT(record["error"].get<std::string>(), StartsWith("cost became infinite"));
  const json& problem = record["problems"][0];
  CHECK_THAT(problem["what"].get<std::string>(), StartsWith("cost became infinite"));
  CHECK_THAT(problem["note"].get<std::string>(), StartsWith("likely cause: a learning rate"));
  CHECK_THAT(problem["hint"].get<std::string>(), StartsWith("learning_rate 1e+06 -> try"));
  const json told = parsed(run("$nnrun --json $configs/diagonal-analytic.yaml --set "
                               "model.defaults.activation=null --set "
                               "train.optimizer.learning_rate=1e6",
                               scratch.folder())
                               .out);
  CHECK(told["problems"] == record["problems"]);
}

TEST_CASE(
    "Ctrl-C, SIGTERM and a closed terminal end the run after its step and keep what was learnt",
    "[cli]") {
  const auto [signal, status] =
      GENERATE(table<std::string, int>({{"INT", 130}, {"TERM", 143}, {"HUP", 129}}));
  CAPTURE(signal);
  const Scratch scratch;
  // --foreground: the signal goes to the program once, not to its group as well
  const Ended ended = run("timeout --foreground --signal=" + signal +
                              " --preserve-status 2 "
                              "$nnrun $configs/diagonal.yaml --set train.epochs=1000000",
                          scratch.folder());
  CHECK(ended.status == status);
  CHECK_THAT(ended.err,
             Contains("interrupted after step ") && Contains(": a checkpoint is saved\n"));
  const auto folder = scratch / "runs/diagonal/0001";
  CHECK(parsed(text_of(folder / "run.json"))["status"] == "interrupted");
  CHECK(std::filesystem::exists(folder / "model.safetensors"));
}

TEST_CASE("a model's numbers are a start for another run", "[cli]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal.yaml --out a", scratch.folder()).status == 0);
  // a step of 1e-300 changes no bit
  const Ended ended = run(
      "$nnrun --json $configs/diagonal.yaml --out b --set model.weights=$PWD/a/model.safetensors "
      "--set train.optimizer.learning_rate=1e-300",
      scratch.folder());
  REQUIRE(ended.status == 0);
  CHECK(parsed(ended.out)["weights_sha256"] ==
        parsed(text_of(scratch / "a/run.json"))["result"]["weights_sha256"]);
  scratch.write("c.yaml", "extends: " NNRUN_SOURCE_DIR
                          "/configs/diagonal.yaml\nmodel:\n  weights: none.safetensors\n");
  const Ended none = run("$nnrun c.yaml", scratch.folder());
  CHECK(none.status == 5);
  CHECK_THAT(none.err, Contains("none.safetensors': no such file\n --> c.yaml:3:12\n"));
  const Ended wrong =
      run("$nnrun $configs/diagonal-bias.yaml --set model.weights=$PWD/a/model.safetensors",
          scratch.folder());
  CHECK(wrong.status == 3);
  CHECK_THAT(wrong.err, Contains("the weights do not fit the model: no 'dense_1/bias'") &&
                            Contains("the file has dense_1/weights 5 x 2, dense_2/weights 1 x 5"));
}

TEST_CASE("summary says what each layer multiplies for an example, and needs in training",
          "[cli]") {
  const Scratch scratch;
  const std::string lenet = "$nnrun summary $configs/mnist/lenet.yaml";
  const json layers = parsed(run(lenet + " --json", scratch.folder()).out)["layers"];
  std::vector<std::size_t> multiplications;
  for (const json& layer : layers) multiplications.push_back(layer["multiplications"]);
  CHECK(multiplications == std::vector<std::size_t>{28 * 28 * 6 * 5 * 5, 0,
                                                    10 * 10 * 16 * 5 * 5 * 6, 0, 0, 400 * 120,
                                                    120 * 84, 84 * 10});
  // parameters, their gradient and Adam's two averages; outputs and slopes, which relu writes over
  CHECK(layers[5]["bytes"] == 4 * (4 * (400 * 120 + 120) + 2 * 64 * 120));
  CHECK(layers[4]["bytes"] == 4 * 2 * 64 * 400);
  CHECK_THAT(
      run(lenet, scratch.folder()).out,
      Contains("  Layer (type)                     Output        Param #  Multiplications  "
               " Memory  Activation  from\n"
               "  conv2d_1 (conv2d)                28 x 28 x 6       156           117600  "));
}

TEST_CASE("check, summary and compare look at the weights that a run would start from", "[cli]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal.yaml --out a", scratch.folder()).status == 0);
  const std::string from = "extends: " NNRUN_SOURCE_DIR "/configs/";
  scratch.write("absent.yaml", from + "diagonal.yaml\nmodel: {weights: none.safetensors}\n");
  scratch.write("other.yaml", from + "diagonal-bias.yaml\nmodel: {weights: a/model.safetensors}\n");
  scratch.write("fits.yaml", from + "diagonal.yaml\nmodel: {weights: a/model.safetensors}\n");
  for (const std::string verb : {"check", "summary", "check --gradients backprop,backprop"}) {
    CAPTURE(verb);
    const Ended absent = run("$nnrun " + verb + " absent.yaml", scratch.folder());
    CHECK(absent.status == 5);
    CHECK_THAT(absent.err, Contains("none.safetensors': no such file\n --> absent.yaml:2:18\n"));
    const Ended other = run("$nnrun " + verb + " other.yaml", scratch.folder());
    CHECK(other.status == 3);
    CHECK_THAT(other.err, Contains("the weights do not fit the model: no 'dense_1/bias'"));
    CHECK(run("$nnrun " + verb + " fits.yaml", scratch.folder()).status == 0);
  }
  CHECK(run("$nnrun compare --seeds 2 fits.yaml other.yaml", scratch.folder()).status == 3);
  // the cost is that of the trained numbers, far smaller than at the start
  const auto cost_of = [&](const std::string& config) {
    const Ended ended = run(
        "$nnrun check --json --set train.batch_size=1000 --gradients backprop,backprop " + config,
        scratch.folder());
    return parsed(ended.out)["configs"][0]["gradients"][0]["cost"].get<double>();
  };
  CHECK(cost_of("fits.yaml") < 0.1 * cost_of("$configs/diagonal.yaml"));
}

TEST_CASE("numbers and text are the same in every locale, blocks only where UTF-8 is", "[cli]") {
  const Scratch scratch;
  const Ended plain = run("LC_ALL=C $nnrun $configs/diagonal.yaml --out a", scratch.folder());
  CHECK(plain.status == 0);
  CHECK_THAT(plain.out, Contains("cost 0.009918") && Contains("#") && !Contains("█"));
  CHECK_THAT(plain.err, Contains("diagonal  seed 1, float64, 1 thread, a\n"));
}

TEST_CASE("a map shades what is finite and marks what is not", "[cli]") {
  const Scratch scratch;
  // the output is 1e308 (x + y): exact at both examples, and too large in the corner between them
  scratch.write("points.csv", "x,y,t\n0,1,1e308\n1,0,1e308\n");
  scratch.write("map.yaml",
                "dtype: float64\ndata: {type: csv, path: points.csv, targets: [t]}\n"
                "model: {input: 2, layers: [{type: dense, units: 1, bias: false, "
                "init: {type: constant, value: 1e308}}]}\n"
                "train: {cost: mean_absolute_error, epochs: 1}\n");
  const Ended ended = run("LC_ALL=C $nnrun map.yaml", scratch.folder());
  CAPTURE(ended.out, ended.err);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.out, Contains("#????\n") && Contains("  0 ...."));
}

TEST_CASE("a reader that closes its pipe does not stop a run", "[cli]") {
  const Scratch scratch;
  const Ended ended =
      run("$nnrun $configs/diagonal.yaml 2>&1 | true; ls runs/diagonal/0001", scratch.folder());
  CHECK_THAT(ended.out, Contains("model.safetensors"));
}

TEST_CASE("output that cannot be written is an error, after the record is safe", "[cli]") {
  const Scratch scratch;
  const Ended ended = run("$nnrun -q $configs/diagonal.yaml >/dev/full", scratch.folder());
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("error: the output cannot be written: no space left on device"));
  CHECK(std::filesystem::exists(scratch / "runs/diagonal/0001/run.json"));
}

TEST_CASE("two runs that start together never share a folder", "[cli]") {
  const Scratch scratch;
  run("for i in 1 2 3 4; do $nnrun -q $configs/diagonal-analytic.yaml & done; wait",
      scratch.folder());
  CHECK(names_in(scratch / "runs/diagonal-analytic") ==
        std::vector<std::string>{"0001", "0002", "0003", "0004"});
}

TEST_CASE("every class is shown with its settings", "[cli][plugins]") {
  const Ended all = run("$nnrun plugins --json", "/");
  for (const auto& one : nlohmann::json::parse(all.out)["plugins"]) {
    const std::string name = one["name"];
    CAPTURE(name);
    CHECK(run("$nnrun plugins " + name, "/").status == 0);
  }
}

}  // namespace nnrun::testing

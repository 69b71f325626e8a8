// The table of keys, and what follows from it.
#include "config/keys.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "base/files.hpp"
#include "base/text.hpp"
#include "config/config_testing.hpp"
#include "config/uses.hpp"
#include "loading/setting.hpp"
namespace nnrun::testing {
namespace {

std::string default_cell(const host::Key& key) {
  if (key.required()) return "required";
  std::string text(key.fallback);
  if (key.shape == host::Key::Shape::value)
    if (const auto value = host::default_of(key)) text = host::words_of(*value);
  return text.empty() ? text : "`" + text + "`";
}

TEST_CASE("the keys in configs/README.md are those of the table", "[config]") {
  std::string table = "| key | default | meaning |\n|---|---|---|\n";
  for (const host::Key& key : host::keys()) {
    const auto choices = host::choices_of(key.setting);
    table += "| `" + std::string(key.path) + "` | " + default_cell(key) + " | " + key.setting.doc +
             (choices.empty() ? "" : " (`" + host::join(choices, "`, `") + "`)") + " |\n";
  }
  const std::string page = host::read_file(NNRUN_SOURCE_DIR "/configs/README.md", 1 << 20);
  const std::size_t begin = page.find("| key |"), end = page.find("\n\n", begin);
  REQUIRE(begin != page.npos);
  const bool same = page.substr(begin, end + 1 - begin) == table;
  const std::string file = NNRUN_BUILD_DIR "/keys.md";
  INFO("the table as it should be is in " << file);
  if (!same) std::ofstream(file) << table;
  CHECK(same);
}

TEST_CASE("the reader takes every key of the table", "[config]") {
  for (const host::Key& key : host::keys()) {
    std::string path(key.path);
    if (key.required() || path == "extends" || path.starts_with("plugins[]") ||
        path.starts_with("sweep") || path.starts_with("data.columns[]"))
      continue;
    path = replaced(path, "layers[]", "layers.dense_1");
    CAPTURE(path);
    CHECK(over_line("").said({{path, "null"}}).find("has no ") == std::string::npos);
  }
}

TEST_CASE("the message about a misplaced key says where it belongs", "[config]") {
  const auto hint = [](const std::string& line) {
    const std::string said = over_line(line + "\n").said();
    const std::size_t help = said.find("= help: ");
    return help == said.npos ? said : said.substr(help + 8, said.find('\n', help) - help - 8);
  };
  CHECK(hint("clip_norm: 1") == "'clip_norm' belongs in train");
  CHECK(hint("learning_rate: 1") == "'learning_rate' belongs in train.optimizer");
  CHECK(hint("warmup: 5") == "'warmup' belongs in train.schedule");
  CHECK(hint("patience: 5") == "'patience' belongs in train.early_stopping");
  CHECK(hint("stratify: true") == "'stratify' belongs in data.split");
  CHECK(hint("shuffle: true") == "'shuffle' belongs in data.split, or in train");
  CHECK(hint("inputs: [a]") == "'inputs' belongs in a layer");
  CHECK(hint("regularizer: l2") == "'regularizer' belongs in model.defaults, or in a layer");
  CHECK(hint("train: {seed: 1}") == "'seed' belongs in the config itself");
}

TEST_CASE("what the host puts beside the settings of a class is reserved", "[config]") {
  using Names = std::vector<std::string>;
  CHECK(host::reserved_names("dataset") == Names{"type", "features", "scale", "target_scale",
                                                 "positive", "order", "columns", "weights",
                                                 "windows", "augment", "split"});
  CHECK(host::reserved_names("layer") == Names{"type", "name", "inputs", "activation", "init",
                                               "bias_init", "regularizer", "bias_regularizer",
                                               "frozen", "learning_rate_factor"});
  CHECK(host::reserved_names("optimizer") == Names{"type", "learning_rate"});
  CHECK(host::reserved_names("schedule") == Names{"type", "warmup", "monitor"});
  CHECK(host::reserved_names("cost") == Names{"type"});
}

}  // namespace
}  // namespace nnrun::testing

// A project of its own with a run, and what verbs say of it.
#pragma once
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/program.hpp"
namespace nnrun::testing {

/// A table, a config, and a run of it.
struct Project {
  Scratch scratch;
  explicit Project(const std::string& set = "") {
    std::string table = "a,b,kind\n";
    for (int i = 0; i < 60; ++i)
      table += std::to_string(i % 7) + "," + std::to_string(i % 5 * 0.25) + "," +
               (i % 3 == 0 ? "x" : "y") + "\n";
    scratch.write("mine/data/table.csv", table);
    scratch.write("mine/net.yaml",
                  "data: {type: csv, path: data/table.csv, targets: [kind], scale: standard, "
                  "split: {test: 0.2}}\n"
                  "model: {input: 2, layers: [{type: dense, units: 4, activation: tanh}, "
                  "{type: dense, units: 2, activation: softmax}]}\n"
                  "train: {cost: cross_entropy, epochs: 6, batch_size: 8, optimizer: adam}\n"
                  "metrics: [accuracy]\npredict: [[1, 2]]\n");
    const Ended trained = nnrun("-q net.yaml --out r " + set);
    CAPTURE(trained.err);
    REQUIRE(trained.status == 0);
  }
  std::filesystem::path folder() const { return scratch / "mine"; }
  Ended nnrun(const std::string& words) const { return run("$nnrun " + words, folder()); }
  nlohmann::json verified(const std::string& folder = "r", int status = 0) const {
    const Ended ended = nnrun("verify --json " + folder);
    CAPTURE(ended.err);
    CHECK(ended.status == status);
    return parsed(ended.out);
  }
  void edit(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = text_of(folder() / file);
    const std::size_t at = text.find(from);
    REQUIRE(at != text.npos);
    text.replace(at, from.size(), to);
    scratch.write("mine/" + file, text);
  }
};

inline std::vector<std::string> changed_in(const nlohmann::json& verified) {
  std::vector<std::string> names;
  for (const nlohmann::json& change : verified["changed"]) names.push_back(change["what"]);
  return names;
}

}  // namespace nnrun::testing

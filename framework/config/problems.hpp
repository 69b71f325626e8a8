// What is wrong with a config, collected so that the user sees all of it at once, in order.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
namespace nnrun::host {

Problem problem_at(Place place, std::string what, std::string hint = {}, std::string label = {});

class Problems {
 public:
  void add(Problem problem);
  void add(Place place, std::string what, std::string hint = {}, std::string label = {}) {
    add(problem_at(std::move(place), std::move(what), std::move(hint), std::move(label)));
  }
  /// Gives the last one a hint, if it has none.
  void hint_at_last(std::string hint) {
    if (!all_.empty() && all_.back().hint.empty()) all_.back().hint = std::move(hint);
  }
  /// True if there are so many problems that a hint for another one would never be read.
  bool plenty() const { return all_.size() >= 100; }
  bool any() const { return !all_.empty(); }
  /// Throws ConfigError with the first 20, in the order of files and lines.
  void throw_if_any() const;

 private:
  std::vector<Problem> all_;
  std::size_t more_ = 0;                                // not kept
  std::vector<std::shared_ptr<const Source>> sources_;  // in the order of their first problem
};

}  // namespace nnrun::host

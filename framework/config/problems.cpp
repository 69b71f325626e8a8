#include "config/problems.hpp"

#include <algorithm>
#include <array>
#include <utility>
namespace nnrun::host {
namespace {

constexpr std::size_t shown_problems = 20, kept_problems = 1000;

bool same(const Problem& a, const Problem& b) {
  return a.what == b.what && a.where == b.where && a.place.source == b.place.source &&
         a.place.line == b.place.line && a.place.column == b.place.column;
}

}  // namespace

Problem problem_at(Place place, std::string what, std::string hint, std::string label) {
  return {.what = std::move(what),
          .place = std::move(place),
          .where = {},
          .label = std::move(label),
          .hint = std::move(hint)};
}

void Problems::add(Problem problem) {
  if (all_.size() == kept_problems) {
    ++more_;
    return;
  }
  // A default that does not fit is reported again by every layer that takes it.
  if (std::ranges::any_of(all_, [&](const Problem& known) { return same(known, problem); })) return;
  if (problem.place.source && !std::ranges::count(sources_, problem.place.source))
    sources_.push_back(problem.place.source);
  all_.push_back(std::move(problem));
}

void Problems::throw_if_any() const {
  if (all_.empty()) return;
  std::vector<Problem> sorted = all_;
  const auto rank = [this](const Problem& problem) {
    const auto source = std::ranges::find(sources_, problem.place.source);
    return std::array<std::size_t, 3>{static_cast<std::size_t>(source - sources_.begin()),
                                      problem.place.line, problem.place.column};
  };
  std::ranges::stable_sort(sorted, {}, rank);
  if (sorted.size() > shown_problems) {
    const std::size_t more = sorted.size() - shown_problems + more_;
    sorted.resize(shown_problems);
    const char* const word = more == 1 ? " more error" : " more errors";
    sorted.push_back(problem_at({}, "and " + std::to_string(more) + word));
  }
  throw ConfigError(std::move(sorted));
}

}  // namespace nnrun::host

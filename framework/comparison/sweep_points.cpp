#include "comparison/sweep_points.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.hpp"
#include "runs/run_folder.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_samples = 10'000, longest_point_name = 80;

/// A number in [0, 1) for each (seed, draw, key): SplitMix64 (Steele, Lea, Flood 2014), twice, so
/// that a point is the same on every machine, whatever was drawn before it.
double uniform(std::uint64_t seed, std::uint64_t draw, std::uint64_t key) {
  const auto mixed = [](std::uint64_t z) {
    z += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  };
  return static_cast<double>(mixed(mixed(mixed(seed) + draw) + key) >> 11) * 0x1p-53;
}

std::string drawn(const SweepKey& key, double u) {
  if (!key.is_range) {
    const auto n = static_cast<double>(key.values.size());
    return key.values[static_cast<std::size_t>(u * n)];
  }
  const double high = key.whole ? key.max + 1 : key.max;  // whole: all equally likely
  const double x =
      key.logarithmic ? key.min * std::pow(high / key.min, u) : key.min + u * (high - key.min);
  return key.whole ? shortest(std::min(std::floor(x), key.max)) : significant(x, 6);
}

[[noreturn]] void refuse_many(const SweepSpec& sweep) {
  throw ConfigError(
      Problem{.what = "the sweep has more than " + std::to_string(most_samples) + " points",
              .place = sweep.keys.front().place,
              .hint = "draw some of them with random: 100"});
}

std::vector<SweepPoint> product(const SweepSpec& sweep) {
  std::vector<SweepPoint> points(1);
  for (const SweepKey& key : sweep.keys) {
    std::vector<SweepPoint> longer;
    if (points.size() * key.values.size() > most_samples) refuse_many(sweep);
    for (const SweepPoint& point : points)
      for (const std::string& value : key.values) {
        longer.push_back(point);
        longer.back().emplace_back(key.path, value);
      }
    points = std::move(longer);
  }
  return points;
}

}  // namespace

std::vector<SweepPoint> sweep_points(const SweepSpec& sweep, std::uint64_t seed) {
  if (sweep.random == 0) return product(sweep);
  if (sweep.random > most_samples) refuse_many(sweep);
  std::vector<SweepPoint> points;
  std::set<SweepPoint> taken;
  // there may be fewer points than wanted
  for (std::uint64_t draw = 0; points.size() < sweep.random && draw < 100 * sweep.random; ++draw) {
    SweepPoint point;
    for (std::size_t k = 0; k < sweep.keys.size(); ++k)
      point.emplace_back(sweep.keys[k].path, drawn(sweep.keys[k], uniform(seed, draw, k)));
    if (taken.insert(point).second) points.push_back(std::move(point));
  }
  return points;
}

std::vector<std::string> point_names(const std::vector<SweepPoint>& points) {
  const auto last_word = [](const std::string& path) {
    return path.substr(path.rfind('.') + 1);  // npos + 1 is 0
  };
  std::multiset<std::string> words;
  if (!points.empty())
    for (const auto& setting : points.front()) words.insert(last_word(setting.first));
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::string name;
    for (const auto& [path, value] : points[i]) {
      const std::string word = last_word(path);
      std::string text = (words.count(word) > 1 ? path : word) + "_" + value;
      for (char& c : text)
        if (static_cast<unsigned char>(c) >= 0x80) c = '_';
      name += (name.empty() ? "" : "-") + safe_name(text);
    }
    if (name.size() > longest_point_name || taken.contains(name))
      name = "point_" + number_name(i + 1);
    taken.insert(name);
    names.push_back(name);
  }
  return names;
}

}  // namespace nnrun::host

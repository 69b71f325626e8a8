// How the inputs of the data become the inputs of the network: feature maps, then scaling.
#pragma once
#include <nnrun/abi.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

class Preparation {
 public:
  /// The fitted scaling: prepared = (feature - shift) * factor. Empty without scaling.
  struct Fit {
    std::vector<double> shifts, factors;
  };

  Preparation() = default;
  /// names: of the data's inputs, or empty. Throws ConfigError for a feature that is not
  /// understood, at its place.
  Preparation(const Experiment& experiment, std::size_t inputs, std::vector<std::string> names);

  /// Returns false if inputs go to the network as they are.
  bool changes() const { return !features_.empty() || scale_ != Scale::none; }
  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return features_.empty() ? inputs_ : features_.size(); }

  /// Learns the scaling from rows of raw inputs. Throws DataError if they overflow.
  void fit(std::span<const double> rows);
  const Fit& fitted() const { return fit_; }
  /// Uses what another run learned: as many numbers as there are outputs, or none.
  void use(Fit fit) { fit_ = std::move(fit); }
  /// Prepares one example. Throws DataError if a result is not finite.
  void apply(const double* raw, double* prepared) const;
  /// Rounds a prepared example to T. Throws DataError for a number that is too large.
  template <class T>
  void round(const double* prepared, T* to) const;
  /// Returns `input 'age'` or `feature 'x^2'`, whichever an output is made of.
  std::string name_of(std::size_t output) const;

 private:
  enum class Map { as_it_is, product, sine, cosine };
  struct Feature {
    Map map;
    std::size_t a, b;
  };
  Feature understood(const Placed<std::string>& text) const;
  std::size_t input_of(std::string_view name, const Placed<std::string>& text) const;
  void map(const double* raw, double* features) const;

  std::vector<Placed<std::string>> texts_;
  std::vector<std::string> names_;
  std::size_t inputs_ = 0;
  std::vector<Feature> features_;
  Scale scale_ = Scale::none;
  Fit fit_;
};

}  // namespace nnrun::host

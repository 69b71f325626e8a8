// Reads the examples of a part from a data set, some at a time, and looks at every number.
#pragma once
#include <functional>

#include "network/preparation.hpp"
#include "network/random.hpp"
#include "training/data.hpp"
#include "training/left_out_rows.hpp"
namespace nnrun::host {

/// Some examples that follow each other, as the data set has them; weight: nullptr if they have
/// none.
template <class T>
struct SomeExamples {
  std::size_t count;
  const T *x, *t, *weight;
  std::size_t first = 0;  ///< which example of the part the first of them is
};

/// Where examples are to lie; weight: nullptr if they have none.
template <class T>
struct Room {
  T *x, *t, *weight;
};

class ExampleReader {
 public:
  /// Keeps references to all of them. weight_at: the column of what an example counts, if the shape
  /// has weights, of the name `weights`. trained: nothing can be said of the data any more.
  /// left_out: is told of rows that cannot be used; nullptr if they are refused.
  ExampleReader(const Object& data, const DataShape& shape, Random& random,
                const Preparation& preparation, const std::string& weights, std::size_t weight_at,
                bool trained, LeftOutRows* left_out)
      : object_(data),
        shape_(shape),
        random_(random),
        preparation_(preparation),
        weights_(weights),
        weight_at_(weight_at),
        trained_(trained),
        left_out_(left_out) {}

  /// Asks for room for some examples after the other of a part, from … from + count - 1, writes
  /// them there, and calls take with them; inputs are divided, if nothing else is done to them.
  /// Target: what the run's targets will be; T may be wider while examples are to be prepared.
  /// Throws DataError for a number that is not finite or too large for T or Target, unless it is an
  /// input that may be missing, for a weight below 0, an index that a layer does not take, or
  /// targets other than those that a trained network tells, naming part, example and column; where
  /// rows are left out, take is called with those between them.
  template <class T, class Target>
  void read(std::size_t part, std::size_t from, std::size_t count,
            const std::function<Room<T>(std::size_t)>& room_for,
            const std::function<void(const SomeExamples<T>&)>& take) const;

  /// Leaves an example out, or throws DataError: what is wrong with it, and where it stands.
  void leave_out(std::size_t part, const RowFault& fault) const;
  bool is_trained() const { return trained_; }
  /// Returns what is left out; nullptr if nothing is.
  const LeftOutRows* left_out() const { return left_out_; }

 private:
  [[noreturn]] void refuse_number(std::size_t part, std::size_t example, bool target,
                                  std::size_t column, double x) const;
  [[noreturn]] void refuse_weight(std::size_t part, std::size_t example, double weight) const;
  template <class T>
  void take_weights(std::size_t n, double* x, T* to) const;
  template <class Target>
  void require_weights(std::size_t part, std::size_t first, std::span<const double> weights) const;
  template <class T>
  void require_inputs(std::size_t part, std::size_t first, std::span<const double> x,
                      const T* rounded) const;
  void require_indices(std::size_t part, std::size_t first, std::span<const double> x) const;
  template <class Target>
  void require_targets(std::size_t part, std::size_t first, std::span<const double> t) const;
  template <class T>
  void require_told(std::size_t part, std::size_t first, std::span<const T> t) const;
  struct FloatInputs {
    decltype(nnrun_float_inputs::read) read = nullptr;
    bool are_whole = false;  // up to 2^24
  };
  FloatInputs float_inputs() const;
  void append_targets(std::size_t n, double* x, const double* t) const;
  void require_logarithms(std::size_t part, std::size_t first, std::span<const double> t) const;

  const Object& object_;
  const DataShape& shape_;
  Random& random_;
  const Preparation& preparation_;  // says which numbers may be missing
  const std::string& weights_;
  std::size_t weight_at_;
  bool trained_;
  LeftOutRows* left_out_;
  mutable std::vector<double> x_, t_, given_weights_;  // as the data set gives them
  mutable std::vector<float> float_x_;
};

/// Returns where an example stands, as far as the data set knows.
std::string place_of(const Object& data, std::size_t part, std::size_t example);

/// Throws DataError with what a plugin said. config: the file that names the data set.
[[noreturn]] void refuse_data(const Object& data, const std::filesystem::path& config = {});

}  // namespace nnrun::host

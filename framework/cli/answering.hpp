// Rows on their way through a network: each gets its answer in its turn, with the same digits
// whenever it came and whatever came with it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/answer_writer.hpp"
#include "library/model_in_use.hpp"
namespace nnrun::host {

class Answering {
 public:
  Answering(const ModelInUse& model, AnswerWriter& writer);

  /// Takes a row. kept: what is written beside its answer, as many texts for each row. Throws
  /// DataError for inputs that the network cannot take; then the row is not taken.
  void add(std::span<const double> inputs, std::span<const std::string_view> kept);
  /// Takes a row that has no answer.
  void add_without_answer(std::span<const std::string_view> kept, Problem problem);
  /// Writes the answers of the rows that wait.
  void finish();

 private:
  void wait(std::span<const std::string_view> kept, std::optional<Problem> problem);

  AnswerWriter& writer_;
  std::size_t block_;    // rows that run together
  std::size_t answers_;  // numbers of one
  ModelInUse::Session session_;
  std::size_t first_ = 0, next_ = 0;  // in the block: the first row that waits, the next to come
  std::vector<double> y_;
  // of the rows that wait:
  std::vector<std::optional<Problem>> problems_;  // empty: it has an answer
  std::string texts_;                             // all that is kept, one after the other
  std::vector<std::size_t> ends_;                 // of each of these texts
  std::vector<std::string_view> kept_;            // of one row
};

}  // namespace nnrun::host

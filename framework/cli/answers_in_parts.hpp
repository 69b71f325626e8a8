// The rows of a file, answered by several threads, in order and with the same bytes as by one.
#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "cli/answering.hpp"
#include "cli/rows_to_predict.hpp"
namespace nnrun::host {

/// What a thread made of some rows.
struct AnsweredPart {
  AnswerWriter::Part written{};
  std::size_t bad = 0;              ///< rows without an answer
  std::vector<Problem> problems{};  ///< of the first of these
  double largest = 0;               ///< input
  std::exception_ptr failed{};      ///< what ended it; nothing behind it counts
};

class AnswersInParts {
 public:
  /// Starts the threads. answer(reader, answering, part): answers the rows of a part; what was
  /// written and what it throws is noted in the part. writer: with what stands above the rows.
  using Answer = std::function<void(RowsToPredict&, Answering&, AnsweredPart&)>;
  AnswersInParts(RowsInParts& rows, const ModelInUse& model, const AnswerWriter& writer,
                 unsigned threads, Answer answer);
  AnswersInParts(const AnswersInParts&) = delete;
  AnswersInParts& operator=(const AnswersInParts&) = delete;
  ~AnswersInParts();

  /// Waits for the next part in the order of the file, at most some 50 ms. Returns nothing if it is
  /// not there yet, or if is_over.
  std::optional<AnsweredPart> next();
  bool is_over();

 private:
  void work();
  bool take(RowsTaken& taken, std::size_t& number);
  void put(std::size_t number, AnsweredPart part);

  RowsInParts& rows_;
  const ModelInUse& model_;
  const AnswerWriter blank_;
  Answer answer_;
  std::size_t most_ahead_;  // parts that are taken, but not handed over
  std::mutex taking_, lock_;
  std::condition_variable changed_;
  // behind lock_:
  std::map<std::size_t, AnsweredPart> done_;
  std::size_t taken_ = 0, handed_ = 0;
  bool is_all_taken_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace nnrun::host

#include "cli/answers_in_parts.hpp"

#include <chrono>
#include <utility>
namespace nnrun::host {

AnswersInParts::AnswersInParts(RowsInParts& rows, const ModelInUse& model,
                               const AnswerWriter& writer, unsigned threads, Answer answer)
    : rows_(rows),
      model_(model),
      blank_(writer.for_parts()),
      answer_(std::move(answer)),
      most_ahead_(4 * threads) {
  for (unsigned i = 0; i < threads; ++i) try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {  // fewer do as well
      if (threads_.empty()) throw;
      break;
    }
}

AnswersInParts::~AnswersInParts() {
  {
    const std::lock_guard guard(lock_);
    is_all_taken_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void AnswersInParts::work() {
  std::size_t number = 0;
  RowsTaken taken;
  AnsweredPart failed;
  try {
    const std::unique_ptr<ReaderOfParts> reader = rows_.reader();
    AnswerWriter own = blank_;
    Answering answering(model_, own);
    while (take(taken, number)) {
      AnsweredPart part;
      reader->begin(std::exchange(taken, {}));
      try {
        answer_(*reader, answering, part);
      } catch (...) {
        part.failed = std::current_exception();
      }
      try {
        answering.finish();
      } catch (...) {
        if (!part.failed) part.failed = std::current_exception();
      }
      part.written = own.take_part();
      const bool goes_on = part.failed == nullptr;
      put(number, std::move(part));
      if (!goes_on) return;
    }
    return;
  } catch (...) {
    failed.failed = std::current_exception();
  }
  {
    const std::lock_guard guard(lock_);
    is_all_taken_ = true;
    number = taken_++;
  }
  put(number, std::move(failed));
}

/// Returns whether there was one: to be called by all threads, each in its turn.
bool AnswersInParts::take(RowsTaken& taken, std::size_t& number) {
  const std::lock_guard turn(taking_);
  {
    std::unique_lock guard(lock_);
    changed_.wait(guard, [&] { return is_all_taken_ || taken_ - handed_ < most_ahead_; });
    if (is_all_taken_) return false;
  }
  const bool more = rows_.take(taken);
  {
    const std::lock_guard guard(lock_);
    if (more)
      number = taken_++;
    else
      is_all_taken_ = true;
  }
  if (!more) changed_.notify_all();
  return more;
}

void AnswersInParts::put(std::size_t number, AnsweredPart part) {
  {
    const std::lock_guard guard(lock_);
    if (part.failed) is_all_taken_ = true;
    done_.emplace(number, std::move(part));
  }
  changed_.notify_all();
}

std::optional<AnsweredPart> AnswersInParts::next() {
  std::unique_lock guard(lock_);
  const auto is_there = [&] {
    return done_.contains(handed_) || (is_all_taken_ && handed_ == taken_);
  };
  if (!changed_.wait_for(guard, std::chrono::milliseconds(50), is_there)) return std::nullopt;
  const auto found = done_.find(handed_);
  if (found == done_.end()) return std::nullopt;
  std::optional<AnsweredPart> part(std::move(found->second));
  done_.erase(found);
  ++handed_;
  guard.unlock();
  changed_.notify_all();
  return part;
}

bool AnswersInParts::is_over() {
  const std::lock_guard guard(lock_);
  return is_all_taken_ && handed_ == taken_;
}

}  // namespace nnrun::host

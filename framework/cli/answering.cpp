#include "cli/answering.hpp"

#include <utility>
namespace nnrun::host {
namespace {

constexpr std::size_t most_waiting = 4096;  // with rows that have no answer

}  // namespace

Answering::Answering(const ModelInUse& model, AnswerWriter& writer)
    : writer_(writer),
      block_(model.rows_at_once()),
      answers_(model.outputs()),
      session_(model, block_) {}

void Answering::add(std::span<const double> inputs, std::span<const std::string_view> kept) {
  session_.prepare(inputs.data(), next_);
  ++next_;
  wait(kept, std::nullopt);
}

void Answering::add_without_answer(std::span<const std::string_view> kept, Problem problem) {
  wait(kept, std::move(problem));
}

void Answering::wait(std::span<const std::string_view> kept, std::optional<Problem> problem) {
  problems_.push_back(std::move(problem));
  for (const std::string_view text : kept) {
    texts_ += text;
    ends_.push_back(texts_.size());
  }
  if (block_ == 1 || next_ == block_ || problems_.size() == most_waiting) finish();
}

void Answering::finish() {
  y_.resize((next_ - first_) * answers_);
  if (!y_.empty()) session_.run(next_, first_, y_.data());
  first_ = next_ = next_ % block_;
  kept_.resize(problems_.empty() ? 0 : ends_.size() / problems_.size());
  std::span<const double> y = y_;
  std::size_t at = 0;
  auto end = ends_.begin();
  for (const std::optional<Problem>& problem : problems_) {
    for (std::string_view& text : kept_) {
      text = std::string_view(texts_).substr(at, *end - at);
      at = *end++;
    }
    if (problem) {
      writer_.row_without_answer(kept_, *problem);
      continue;
    }
    writer_.row({}, kept_, y.first(answers_));
    y = y.subspan(answers_);
  }
  problems_.clear();
  texts_.clear();
  ends_.clear();
}

}  // namespace nnrun::host

// Examples that are texts, of which a network says how they go on.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "library/model_in_use.hpp"
#include "loading/object.hpp"
namespace nnrun::host {

class TextExamples {
 public:
  /// Returns those of a network; nothing if its data set takes no texts. The model must outlive it.
  static std::optional<TextExamples> of(const ModelInUse& model);

  /// What the outputs of `next` are called: each is of the character that it has as its name.
  const AnswerNames& names() const { return names_; }
  /// Returns whether this is a text, not all numbers of an example.
  bool is_text(const std::string& example) const;
  /// What may follow a text.
  struct Next {
    std::vector<double> outputs{};  ///< of the network behind the text's last character
    bool is_cut = false;            ///< the text is longer than an example: its end was read
  };
  /// Throws UsageError for a text that the network does not know, or one that is too short if the
  /// network's answers depend on the characters behind.
  Next next(const std::string& text) const;
  /// Returns characters that follow a text, each drawn by its probability. The names must be of
  /// probabilities or logits.
  std::string continued(std::string text, std::size_t characters, std::uint64_t seed) const;

 private:
  TextExamples(const ModelInUse& model, const nnrun_example_text& table);

  const ModelInUse& model_;
  const nnrun_example_text* table_;
  Object object_;
  AnswerNames names_;
};

}  // namespace nnrun::host

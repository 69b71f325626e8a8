// What nnrun_model_info points to.
#pragma once
#include <nnrun/nnrun.h>

#include <string>
#include <vector>

#include "library/model_in_use.hpp"
namespace nnrun::host {

/// Returns a line for each.
std::string words_of_changes(const std::vector<Change>& changes);

class ModelTexts {
 public:
  explicit ModelTexts(const ModelInUse& model);
  ModelTexts(const ModelTexts&) = delete;
  ModelTexts& operator=(const ModelTexts&) = delete;
  const nnrun_info& info() const { return info_; }

 private:
  /// Returns a list for C of texts that live as long as the model; nullptr for an empty one.
  const char* const* list_of(const std::vector<std::string>& texts);

  std::vector<std::vector<const char*>> lists_;
  std::vector<std::size_t> input_shape_, output_shape_;
  std::string notes_;
  nnrun_info info_{};
};

}  // namespace nnrun::host

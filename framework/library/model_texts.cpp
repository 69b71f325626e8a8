#include "library/model_texts.hpp"

#include "base/text.hpp"
namespace nnrun::host {
namespace {

/// Returns the shape of an example as the data have it: that of the network's input, unless the
/// preparation makes other numbers of it.
std::vector<std::size_t> shape_of_inputs(const Model& model) {
  const Preparation& preparation = model.preparation();
  const nnrun_shape& shape = model.graph().input;
  if (preparation.inputs() == preparation.outputs() && preparation.rows() == 1)
    return {shape.sizes, shape.sizes + shape.rank};
  if (preparation.rows() > 1) return {preparation.rows(), preparation.row_inputs()};
  return {preparation.inputs()};
}

std::vector<std::size_t> shape_of_outputs(const Model& model) {
  const nnrun_shape& shape = model.graph().output().plan.out;
  if (model.answers() != size_of(shape)) return {model.answers()};
  return {shape.sizes, shape.sizes + shape.rank};
}

}  // namespace

std::string words_of_changes(const std::vector<Change>& changes) {
  std::string words;
  for (const Change& change : changes)
    words += (words.empty() ? "" : "\n") + change.what + " changed since the run";
  return words;
}

ModelTexts::ModelTexts(const ModelInUse& model)
    : input_shape_(shape_of_inputs(model.model())), output_shape_(shape_of_outputs(model.model())) {
  const AnswerNames& names = model.names();
  const std::vector<std::string>& inputs = model.model().names().inputs;
  notes_ = words_of_changes(model.changes());
  info_.size = sizeof info_;
  info_.is_float32 = model.model().dtype() == Dtype::float32;
  info_.inputs = model.inputs();
  info_.outputs = model.outputs();
  info_.input_rank = input_shape_.size();
  info_.output_rank = output_shape_.size();
  info_.input_shape = input_shape_.data();
  info_.output_shape = output_shape_.data();
  info_.input_names = list_of(inputs);
  info_.input_name_count = inputs.size();
  info_.output_names = names.are_made_up ? nullptr : list_of(names.outputs);
  info_.classes = list_of(names.classes);
  info_.class_count = names.classes.size();
  info_.parameters = model.model().graph().parameter_count();
  info_.name = model.experiment().name.c_str();
  info_.notes = notes_.c_str();
}

const char* const* ModelTexts::list_of(const std::vector<std::string>& texts) {
  if (texts.empty()) return nullptr;
  std::vector<const char*> list;
  for (const std::string& text : texts) list.push_back(text.c_str());
  list.push_back("");  // of classes, the name of none: see nnrun_class_of
  return lists_.emplace_back(std::move(list)).data();  // vectors keep their place when moved
}

}  // namespace nnrun::host

// The numbers of a model as they lie in memory, with padding.
#pragma once
#include "network/model.hpp"
namespace nnrun::host {

/// Of the model's precision. Two models of one graph have as many.
struct FlatNumbers {
  std::span<std::byte> parameters, state;
};

template <class T>
FlatNumbers flat_numbers(ModelOf<T>& model) {
  return {std::as_writable_bytes(model.parameters().all()),
          std::as_writable_bytes(model.state().all())};
}
inline FlatNumbers flat_numbers(Model& model) {
  if (model.dtype() == Dtype::float32) return flat_numbers(dynamic_cast<ModelOf<float>&>(model));
  return flat_numbers(dynamic_cast<ModelOf<double>&>(model));
}

}  // namespace nnrun::host

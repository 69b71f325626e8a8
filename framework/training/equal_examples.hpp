// Examples that the training part has, too: what a network answers for them says nothing of others.
#pragma once
#include "training/examples.hpp"
namespace nnrun::host {

/// Returns how many examples of each other part have inputs and targets that are, bit for bit,
/// those of one of the training part. Throws DataError if stored inputs cannot be read.
template <class T>
std::array<std::size_t, NNRUN_PARTS> counts_of_trained(
    const std::array<Examples<T>, NNRUN_PARTS>& parts);

}  // namespace nnrun::host

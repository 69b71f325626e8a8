// The rules that look at data, as far as they lie in other files than their order.
#pragma once
#include "diagnosis/rules.hpp"
namespace nnrun::host {

// rules_of_columns.cpp
Found single_names(const Evidence& evidence);
Found constant_inputs(const Evidence& evidence);
Found leak(const Evidence& evidence);
Found zeros_for_missing(const Evidence& evidence);
Found codes(const Evidence& evidence);
Found missing_columns(const Evidence& evidence);
Found row_numbers(const Evidence& evidence);
Found spelled_twice(const Evidence& evidence);
/// Returns whether classes differ by case or spaces alone: each is smaller than what it means.
bool has_classes_spelled_twice(const Evidence& evidence);

// rules_of_classes.cpp
Found numbers_as_classes(const Evidence& evidence);
Found tiny_classes(const Evidence& evidence);
Found weightless_class(const Evidence& evidence);
Found uncounted_classes(const Evidence& evidence);
Found reversed_weights(const Evidence& evidence);
Found leaning_weights(const Evidence& evidence);
Found ignored_class(const Evidence& evidence);
Found blind_metrics(const Evidence& evidence);
Found other_classes(const Evidence& evidence);

}  // namespace nnrun::host

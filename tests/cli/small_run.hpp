// A config of two inputs and two classes that trains in a millisecond, on a CSV file of its own.
#pragma once
#include <string>

#include "base/scratch.hpp"
namespace nnrun::testing {

inline const std::string small_csv = "a,b,kind\n1,2,x\n2,3,y\n3,1,x\n4,4,y\n5,2,x\n0,9,y\n";

/// Writes small.yaml and small.csv into the folder.
inline void write_small(const Scratch& scratch, const std::string& csv = small_csv) {
  scratch.write("small.csv", csv);
  scratch.write("small.yaml",
                "name: small\ndtype: float32\n"
                "data: {type: csv, path: small.csv, targets: [kind], scale: standard}\n"
                "model:\n  input: 2\n  defaults: {activation: sigmoid}\n  layers:\n"
                "    - {type: dense, units: 3}\n"
                "    - {type: dense, units: 2, activation: softmax}\n"
                "train: {cost: cross_entropy, epochs: 3, batch_size: 2, "
                "optimizer: {type: sgd, learning_rate: 0.1}}\n"
                "metrics: [accuracy]\n");
}

}  // namespace nnrun::testing

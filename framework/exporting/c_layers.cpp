#include "exporting/c_layers.hpp"

#include <algorithm>

#include "exporting/c_product.hpp"
#include "exporting/digits.hpp"
#include "network/moved_numbers.hpp"
namespace nnrun::host {
namespace {

using Kind = ExportedStep::Kind;

/// One unit alone: eight sums side by side, added in the order of nnrun's.
std::string one_unit(std::size_t inputs, const std::string& in, const std::string& out,
                     const std::string& weights, const std::string& bias) {
  return "    N_number s[8] = {0};\n    for (i = 0; i < " + n(inputs) + "; ++i) s[i % 8] += " + in +
         "[i] * " + weights + "[i];\n    " + out +
         "[0] = (((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])))" +
         (bias.empty() ? "" : " + " + bias + "[0]") + ";\n";
}

}  // namespace

std::string c_dense(CText& text, const ExportedStep& step, std::size_t k, std::size_t inputs,
                    const std::string& in, const std::string& out) {
  const std::size_t units = step.shape.back(), places = step.cols / units,
                    from_each = inputs / places;
  std::vector<double> b(step.blocks.size() > 1 ? whole_units(units) : 0);
  if (!b.empty()) std::ranges::copy(step.blocks[1].values, b.begin());
  CProduct product{
      .in = in,
      .out = out,
      .weights = text.table("N_weights_" + n(k),
                            turned_weights(step.blocks[0].values.data(), units, from_each)),
      .bias = b.empty() ? "" : text.table("N_bias_" + n(k), b),
      .inputs = from_each,
      .units = units,
      .padded = places == 1,
      .fused = step.fused};
  if (units == 1 && !step.in_block) return one_unit(inputs, in, out, product.weights, product.bias);
  const std::string lanes = "N_lanes_" + n(k);
  if (places == 1) return c_product_by_lanes(text, product, lanes);
  product.in = "x";
  product.out = "y";
  return "    size_t p;\n    for (p = 0; p < " + n(places) +
         "; ++p) {\n    const N_number *const x = " + in + " + p * " + n(from_each) +
         ";\n    N_number *const y = " + out + " + p * " + n(units) + ";\n" +
         c_product_by_lanes(text, product, lanes) + "    }\n";
}

/// A number that is the index of no row is noted: the answer is then not a number.
std::string c_embedding(CText& text, const ExportedStep& step, std::size_t k, const std::string& in,
                        const std::string& out) {
  const std::vector<std::size_t>& shape = step.blocks[0].shape;
  const std::string width = n(shape[1]),
                    words = text.table("N_words_" + n(k), step.blocks[0].values);
  return "    size_t j;\n    for (i = 0; i < " + n(step.cols / shape[1]) +
         "; ++i) {\n      const N_number x = " + in +
         "[i];\n      const int known = x >= (N_number)0 && x < (N_number)" + n(shape[0]) +
         " && x == (N_number)(uint32_t)x;\n      const size_t word = known ? (size_t)x : 0;\n"
         "      wrong |= !known;\n      for (j = 0; j < " +
         width + "; ++j) " + out + "[i * " + width + " + j] = " + words + "[word * " + width +
         " + j];\n    }\n";
}

bool is_copy(const ExportedStep& step, std::size_t inputs) {
  if (step.kind != Kind::moves || step.inputs.size() != 1 || step.moved.size() != inputs)
    return false;
  for (std::size_t i = 0; i < inputs; ++i)
    if (step.moved[i] != i) return false;
  return true;
}

std::string c_moves(CText& text, const ExportedStep& step, std::size_t k,
                    const std::vector<std::string>& in, const std::vector<std::size_t>& sizes,
                    const std::string& out) {
  std::size_t all = 0;
  for (const std::size_t size : sizes) all += size;
  std::vector<std::size_t> from = step.moved;
  const bool zeros = std::ranges::find(from, moved_zero) != from.end();
  std::ranges::replace(from, moved_zero, all);
  const std::string table = text.count_table("N_from_" + n(k), from);
  std::string value;
  std::size_t begin = 0;
  for (std::size_t j = 0; j < in.size(); ++j) {
    const std::string own = in[j] + "[m" + (begin > 0 ? " - " + n(begin) : "") + "]";
    begin += sizes[j];
    const bool last = j + 1 == in.size() && !zeros;
    value += last ? own : "m < " + n(begin) + " ? " + own + " : ";
  }
  if (zeros) value += "(N_number)0";
  return "    for (i = 0; i < " + n(step.cols) + "; ++i) {\n      const size_t m = " + table +
         "[i];\n      " + out + "[i] = " + value + ";\n    }\n";
}

}  // namespace nnrun::host

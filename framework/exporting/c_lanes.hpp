// Products and convolutions of exported C files in the vectors of x86-64: functions that a file
// calls where the processor has AVX2 and FMA. They add in the order of the loops of C, so bits are
// the same.
#pragma once
#include <string>

#include "exporting/c_product.hpp"
#include "exporting/exported_network.hpp"
namespace nnrun::host {

/// Adds the function `name` that computes a product from `in` to `out`, its only arguments.
void add_product_in_lanes(CText& text, const std::string& name, const CProduct& product);

/// The same of a convolution: `in` has the zeros around the image. weights, bias: the names of
/// tables of the loops; no bias: empty. Returns false for one that does not fill vectors, of which
/// nothing is added.
bool add_convolution_in_lanes(CText& text, const std::string& name, const ExportedStep& step,
                              const std::string& weights, const std::string& bias);

/// Adds loops as a function of `in` and `out`, and one, `name`, of the same loops compiled for
/// AVX2, and for FMA if they call it. Returns the name of the first.
std::string add_loops_in_lanes(CText& text, const std::string& name, const std::string& loops,
                               bool fused);

/// Returns a statement: calls the function of lanes where it can run, otherwise does the other.
std::string in_lanes_or(const std::string& name, const std::string& in, const std::string& out,
                        const std::string& other);

}  // namespace nnrun::host

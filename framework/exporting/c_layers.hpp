// The named operations of exported networks that see whole rows, as loops of C.
#pragma once
#include <string>
#include <vector>

#include "exporting/c_text.hpp"
#include "exporting/exported_network.hpp"
namespace nnrun::host {

// Each returns the body of a block of C that computes step number k from arrays into an array.
std::string c_dense(CText& text, const ExportedStep& step, std::size_t k, std::size_t inputs,
                    const std::string& in, const std::string& out);
std::string c_embedding(CText& text, const ExportedStep& step, std::size_t k, const std::string& in,
                        const std::string& out);
/// in, sizes: of each input.
std::string c_moves(CText& text, const ExportedStep& step, std::size_t k,
                    const std::vector<std::string>& in, const std::vector<std::size_t>& sizes,
                    const std::string& out);
/// Returns whether a step copies one input number by number.
bool is_copy(const ExportedStep& step, std::size_t inputs);

}  // namespace nnrun::host

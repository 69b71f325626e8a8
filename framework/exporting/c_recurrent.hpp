// Layers whose state each step of a sequence changes, as loops of C.
#pragma once
#include <string>

#include "exporting/c_text.hpp"
#include "exporting/exported_network.hpp"
namespace nnrun::host {

/// Returns how many numbers such a step needs beside its output: the state, and what changes it.
std::size_t c_spare_of_recurrent(const ExportedStep& step);
/// Returns the body of a block of C that computes step number k from an array into another one.
std::string c_recurrent(CText& text, const ExportedStep& step, std::size_t k, const std::string& in,
                        const std::string& out, const std::string& spare);

}  // namespace nnrun::host

// What slides over images and sequences, as loops of C: convolutions and pooling.
#pragma once
#include <string>

#include "exporting/c_text.hpp"
#include "exporting/exported_network.hpp"
namespace nnrun::host {

/// Returns how many numbers a step needs beside its output: an image between zeros.
std::size_t c_spare_of_windows(const ExportedStep& step);

// Each returns the body of a block of C that computes step number k from an array into another one.
/// spare: an array of so many numbers; empty if there are none.
std::string c_convolution(CText& text, const ExportedStep& step, std::size_t k,
                          const std::string& in, const std::string& out, const std::string& spare);
std::string c_transposed(CText& text, const ExportedStep& step, std::size_t k,
                         const std::string& in, const std::string& out);
std::string c_pooling(const ExportedStep& step, const std::string& in, const std::string& out);

}  // namespace nnrun::host

// What is done to the numbers of a row before the network sees them, and to its outputs, in C.
#pragma once
#include <string>

#include "exporting/c_text.hpp"
#include "exporting/exported_network.hpp"
namespace nnrun::host {

/// Returns statements that fill the array `to` from `input`, of numbers of this type: row after row
/// where an example is a window over several. They note in `wrong` what predict would refuse.
std::string c_preparation(CText& text, const ExportedNetwork& net, const std::string& to,
                          const std::string& type);
/// Returns statements that fill `output`, of numbers of this type, from the array `from`: with NAN
/// if something was wrong.
std::string c_answer(CText& text, const ExportedNetwork& net, const std::string& from,
                     const std::string& type);
/// Returns functions for columns of texts and for classes; empty if there are neither. head: what
/// stands before a function.
std::string c_words(const ExportedNetwork& net, const std::string& head, const std::string& type);

}  // namespace nnrun::host

// Texts as cells of the CSV that verbs print.
#pragma once
#include <string>
namespace nnrun::host {

/// Returns whether a spreadsheet would take a text for a formula. Numbers are none, however their
/// thousands and fractions are written.
bool is_formula(const std::string& text);
/// Returns a text as a cell: in quotes if it needs them (RFC 4180). One that a spreadsheet would
/// take for a formula gets a ' in front, as OWASP advises; numbers stay as they are. separator:
/// what stands between cells.
std::string csv_text(const std::string& text, char separator = ',');
/// Returns a text as a cell, in quotes if it needs them, and otherwise as it is.
std::string csv_cell(const std::string& text, char separator);

}  // namespace nnrun::host

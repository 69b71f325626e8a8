// A trained network as one C99 file: no library but libm, no allocation, and the bits of predict.
#pragma once
#include <string>

#include "exporting/exported_network.hpp"
namespace nnrun::host {

struct CFileOptions {
  std::string prefix = "net";  ///< what all names begin with: a word of C
  bool narrow = false;         ///< arguments are float
  bool inlined = false;        ///< static inline, to be included
};

/// Returns the file. Golden examples become its self-test. Throws UsageError for a prefix that is
/// no word of C, and for float arguments where the network is of float64.
std::string c_file(const ExportedNetwork& net, const CFileOptions& options);

}  // namespace nnrun::host

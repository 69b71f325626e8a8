// What stands above the numbers of an array in the format of NumPy, versions 1 to 3. numpy.org,
// "numpy.lib.format".
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "array_bytes.hpp"
#include "stored_numbers.hpp"

struct NpyHeader {
  /// A field of a record, or what an array of numbers holds.
  struct Type {
    std::string name;  ///< of a field
    std::string text;  ///< '<f8'
    bool has_sizes = false;
  };
  std::vector<Type> types;  ///< one without a name, or one for each field
  bool is_record = false, is_fortran = false;
  std::vector<std::size_t> sizes;
  std::size_t start = 0;  ///< of the numbers

  /// Everything throws nnrun::Error with the file and, if there is one, the offset.
  static NpyHeader read(ArrayBytes& in);
};

/// How a file stores numbers of a type.
struct StoredType {
  Stored stored = Stored::single;
  bool is_bool = false, is_big_endian = false;
  /// Returns whether text, such as '<f8', is a type of numbers.
  bool find(std::string_view text);
};

#include "npy_file.hpp"

#include <algorithm>
#include <cmath>
#include <nnrun/kinds/common.hpp>

namespace {

constexpr std::size_t most_npy_numbers = std::size_t{1} << 40, npy_chunk = std::size_t{1} << 16;

}  // namespace

NpyFile::NpyFile(const std::string& file, const std::string& array)
    : in_(file, array), opened_(file) {
  understand(NpyHeader::read(in_));
  std::size_t numbers = 1;
  for (const std::size_t n : sizes_) {
    if (n == 0) throw nnrun::Error("a size is 0, so there is no example", path());
    if (n > most_npy_numbers / numbers)
      throw nnrun::Error("its sizes multiply to more than 2^40 numbers", path());
    numbers *= n;
  }
  cols_ = numbers / sizes_[0];
  const std::size_t promised = start_ + numbers * width_;
  if (in_.size() != promised)
    throw nnrun::Error("its header promises " + std::to_string(promised) + " bytes, the file has " +
                           std::to_string(in_.size()),
                       path(),
                       in_.size() < promised ? "the file is not whole: write it again" : "");
  if (!is_fortran_) return;
  if (in_.is_packed())
    throw nnrun::Error(
        "is compressed, and column after column (Fortran order), so that no row can "
        "be read without all",
        path(), "save numpy.ascontiguousarray(x), or by numpy.savez");
  in_.check();
}

namespace {

/// Returns how numbers are made of what an array holds, by its type.
const char* hint_for(const std::string& type) {
  const auto is = [&](const char* letters) { return type.find_first_of(letters) <= 1; };
  if (is("US"))
    return "if these are classes, save their numbers: numpy.unique(x, return_inverse=True)[1]; if "
           "they are numbers written as texts, x.astype('f8')";
  if (is("O"))
    return "of numbers, save numpy.asarray(x, dtype='f8'); of classes, "
           "numpy.unique(x.astype(str), return_inverse=True)[1]";
  if (is("c")) return "save real and imaginary parts side by side: x.view('f8') of a c16, say";
  if (is("mM")) return "save x.astype('i8')";
  return "save x.astype('f8')";
}

}  // namespace

void NpyFile::understand(const NpyHeader& header) {
  if (header.is_record)
    throw nnrun::Error("holds records of several fields, expected an array of numbers", path(),
                       "a table of records is read by type: csv with path: " + path() +
                           "; or save the fields that are wanted as an array: numpy.stack, "
                           "numpy.save");
  const std::string& type = header.types[0].text;
  if (!type_.find(type)) {
    const bool objects = type.find('O') <= 1;
    throw nnrun::Error("holds " + std::string(objects ? "Python objects" : "another type") + " ('" +
                           type + "'), expected numbers: f2, f4, f8, i1 to i8, u1 to u8 or b1",
                       path(), hint_for(type));
  }
  width_ = width_of(type_.stored);
  start_ = header.start;
  sizes_ = header.sizes;
  if (sizes_.empty() || sizes_.size() > 5)
    throw nnrun::Error("has " + std::to_string(sizes_.size()) +
                           " dimensions, expected the examples and one to four of each",
                       path());
  is_fortran_ = header.is_fortran && sizes_.size() > 1;
}

std::string NpyFile::place(std::size_t example) const {
  return path() + ", row " + std::to_string(example + 1);
}

void NpyFile::read(std::size_t from, std::size_t n, double* out) {
  opened_.require_same();
  if (is_fortran_) return read_columns(from, n, out);
  const std::size_t all = n * cols_;
  for (std::size_t done = 0, now; done < all; done += now) {
    now = std::min(all - done, npy_chunk / width_);
    const std::size_t wrong = take(start_ + (from * cols_ + done) * width_, now, out + done);
    if (wrong < now) refuse_number(from + (done + wrong) / cols_, (done + wrong) % cols_);
  }
}

/// Reads numbers that lie side by side. Returns the index of the first that is refused; n if none
/// is.
std::size_t NpyFile::take(std::size_t byte, std::size_t n, double* out) {
  bytes_.resize(n * width_);
  in_.read(byte, bytes_.data(), bytes_.size());
  std::size_t wrong = widen(type_.stored, type_.is_big_endian, bytes_.data(), n, out);
  if (keeps_missing_)
    while (wrong < n && !std::isinf(out[wrong])) ++wrong;
  if (type_.is_bool) std::transform(out, out + n, out, [](double x) { return x != 0 ? 1. : 0.; });
  return wrong;
}

/// Reads the same rows of each column: in Fortran order the first index counts fastest.
void NpyFile::read_columns(std::size_t from, std::size_t n, double* out) {
  std::vector<double> column(n);
  std::vector<std::size_t> index(sizes_.size());  // of the column; the first is not used
  for (std::size_t c = 0; c < cols_; ++c) {
    std::size_t place = 0;  // of the number within an example
    for (std::size_t k = 1; k < sizes_.size(); ++k) place = place * sizes_[k] + index[k];
    const std::size_t byte = start_ + (c * count() + from) * width_;
    if (const std::size_t wrong = take(byte, n, column.data()); wrong < n)
      refuse_number(from + wrong, place);
    for (std::size_t i = 0; i < n; ++i) out[i * cols_ + place] = column[i];
    for (std::size_t k = 1; k < sizes_.size() && ++index[k] == sizes_[k]; ++k) index[k] = 0;
  }
}

void NpyFile::refuse_number(std::size_t example, std::size_t number) const {
  throw nnrun::Error("number " + std::to_string(number + 1) + " of example " +
                         std::to_string(example + 1) + " is not finite",
                     place(example));
}

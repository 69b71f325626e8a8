// Files of numbers, and the plainest loops that read them.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "networks.hpp"
namespace nnrun::bench {

/// A file of made-up numbers, and the data set that reads it.
struct FileOfNumbers {
  std::string title;
  std::filesystem::path file;
  std::size_t bytes = 0;
  host::Experiment experiment;
};

/// 20 numbers with up to six digits and a category, 100,000 rows; the last number is the target.
FileOfNumbers table_of_numbers(const ScratchFolder& folder, host::Registry& registry);
/// 60,000 images of 28 x 28 bytes and their labels.
FileOfNumbers images(const ScratchFolder& folder, host::Registry& registry);
/// 200,000 rows of 50 numbers, float.
FileOfNumbers array_of_numbers(const ScratchFolder& folder, host::Registry& registry);

/// Opens and reads the data as a run does. Returns seconds.
double read_as_run(const host::Experiment& experiment);
/// Returns the seconds that the checksum of the data takes, which a record has.
double sum_as_run(const host::Experiment& experiment);
/// Returns the seconds of std::from_chars for each field of a text that is in memory, without any
/// column of texts.
double fields_alone(const std::filesystem::path& file);
/// Returns the seconds of fread and a conversion of each number to float. Stored: what is in the
/// file.
template <class Stored>
double numbers_alone(const std::filesystem::path& file, std::size_t header);

}  // namespace nnrun::bench

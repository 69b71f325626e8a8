// Commands that people are told to type, with the right paths.
#pragma once
#include <filesystem>
#include <string>
#include <vector>
namespace nnrun::host {

/// A word of a command for the shell: in quotes where it needs them.
std::string shell_word(const std::string& text);

/// Of the places that may have `file`, the folder that does, as a person would write it: without
/// links of the build tree. Throws RecordError where none has.
std::filesystem::path folder_with(const std::filesystem::path& file,
                                  const std::vector<std::filesystem::path>& places);

/// Makes STEM.so of STEM.cpp with the headers of this program. Throws RecordError where they are
/// missing.
std::string compile_command(const std::string& stem);

/// "build it so: " and the command; without the headers' folder where they are missing.
std::string how_to_build(const std::string& stem = "NAME");

}  // namespace nnrun::host

// Commands for people to type, with the right paths.
#pragma once
#include <filesystem>
#include <string>
#include <vector>
namespace nnrun::host {

/// Returns the text as one word of a shell command, in quotes if necessary.
std::string shell_word(const std::string& text);

/// Returns the first of the folders that contains `file`, as a person would write it: without
/// symbolic links of the build tree. Throws RecordError if none contains it.
std::filesystem::path folder_with(const std::filesystem::path& file,
                                  const std::vector<std::filesystem::path>& places);

/// Returns the command that builds STEM.so from STEM.cpp with the headers of this program. Throws
/// RecordError if they are missing.
std::string compile_command(const std::string& stem);

/// Returns "build it so: " and the command, without the headers' folder if they are missing.
std::string how_to_build(const std::string& stem = "NAME");

}  // namespace nnrun::host

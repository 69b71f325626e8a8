// Whether somebody else could have put code into a library.
#pragma once
#include <filesystem>
#include <string>
namespace nnrun::host {

/// Throws PluginError, calling the library `name`, if another user could have changed what `file`
/// leads to: the file, a folder above it or a link on the way to it belongs to somebody else, or
/// others may write to it. Root is trusted, and whoever could replace this program. file: as it was
/// given; canonical: where it led, which must still hold.
void require_trusted(const std::filesystem::path& file, const std::filesystem::path& canonical,
                     const std::string& name);

}  // namespace nnrun::host

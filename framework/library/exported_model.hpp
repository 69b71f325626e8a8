// A model in use, as exporters see it.
#pragma once
#include <filesystem>
#include <string_view>

#include "exporting/exported_network.hpp"
#include "library/model_in_use.hpp"
namespace nnrun::host {

/// Returns the network of a model, with examples that it answered. Throws PluginError for what
/// cannot be exported.
ExportedNetwork exported_network(const ModelInUse& model);

/// Returns what an ONNX file repeats of the model, so that import makes it again. has_overrides: it
/// was opened in another way than its file says.
Metadata metadata_for_onnx(const ModelInUse& model, bool has_overrides);

/// Throws UsageError if a file that is to be exported would replace a model, or a file of a run's
/// record.
void require_writable(const std::filesystem::path& file);
/// Writes an exported file, over an older one if it is there. Throws as that does, and RecordError.
void write_exported(const std::filesystem::path& file, std::string_view text);

}  // namespace nnrun::host

// What is fuzzed: the functions through which bytes of strangers come in.
#pragma once
#include <filesystem>
#include <span>
#include <string_view>

#include "base/scratch.hpp"
namespace nnrun::testing {

/// Takes any bytes. Throws host::Error if they are refused; whatever else ends it is a defect.
struct FuzzTarget {
  const char* name;  ///< of its folder of examples in tests/fuzz/, too
  void (*read)(std::string_view input);
};
/// Returns all of them.
std::span<const FuzzTarget> fuzz_targets();

/// The functions of the table, each in a file of its name.
void fuzz_arguments(std::string_view input);  ///< a word on each line
void fuzz_checkpoint(std::string_view input);
void fuzz_config(std::string_view input);
void fuzz_csv(std::string_view input);
void fuzz_idx(std::string_view input);  ///< as images, and as labels
void fuzz_jsonl(std::string_view input);
void fuzz_library(std::string_view input);
void fuzz_message(std::string_view input);  ///< what a child process sends
void fuzz_metrics(std::string_view input);
void fuzz_model(std::string_view input);
void fuzz_npy(std::string_view input);      ///< as inputs, and as targets
void fuzz_onnx(std::string_view input);
void fuzz_picture(std::string_view input);  ///< as PNG, or as PGM if it starts so
void fuzz_plan(std::string_view input);
void fuzz_record(std::string_view input);   ///< run.json, and decision.json
void fuzz_setting(std::string_view input);  ///< PATH=VALUE of --set

/// Ends the program with a sentence unless a promise about an input holds.
void require_promise(bool kept, const char* promise);

/// A folder for the files of one target, in memory where the system has such a place.
const Scratch& fuzz_folder();

}  // namespace nnrun::testing

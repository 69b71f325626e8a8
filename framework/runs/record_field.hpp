// The fields of the JSON files that runs and comparisons leave, read by type: such a file may be
// cut, edited or made up.
#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>
namespace nnrun::host {

/// A value in a JSON file. Every function throws RecordError with the file and the key if the value
/// is not what was asked for. The file's JSON must live longer.
class RecordField {
 public:
  RecordField(const std::filesystem::path& file, const nlohmann::ordered_json& json)
      : RecordField(file, json, "") {}

  /// Returns the value of a key of a map.
  RecordField at(const std::string& key) const;
  /// Returns nothing where the key is missing or null.
  std::optional<RecordField> find(const std::string& key) const;
  /// Returns the keys of a map.
  std::vector<std::string> keys() const;
  /// Returns the elements of a list.
  std::vector<RecordField> items(std::size_t most) const;

  std::string text() const;  ///< at most a megabyte
  std::string one_of(const std::vector<std::string>& words) const;
  std::uint64_t count(std::uint64_t most = UINT64_MAX) const;
  double number() const;
  double number_or_nan() const;  ///< NaN for null
  bool flag() const;
  bool is_list() const;
  std::vector<std::string> texts(std::size_t most) const;
  std::vector<double> numbers_or_nan(std::size_t most) const;

  /// Throws the error that this value should be something else: `a list of seeds`.
  [[noreturn]] void refuse(const std::string& expected) const;

 private:
  RecordField(const std::filesystem::path& file, const nlohmann::ordered_json& json,
              std::string key)
      : file_(&file), json_(&json), key_(std::move(key)) {}
  void require_map() const;
  std::string key_of(const std::string& key) const;
  const std::filesystem::path* file_;
  const nlohmann::ordered_json* json_;
  std::string key_;  // configs[0].name; empty for the whole file
};

}  // namespace nnrun::host

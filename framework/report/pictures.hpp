// What a network of images looks like: its first filters, what its first layers make of an example,
// and the examples that it got wrong.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::host {

/// Pictures of one size beside each other: bytes, height × width × channels, 1 or 3.
struct PictureRow {
  std::string title;
  std::size_t height = 0, width = 0, channels = 1;
  std::vector<std::vector<std::uint8_t>> pictures;
};
struct WrongPicture {
  std::vector<std::uint8_t> bytes;
  std::string is, said;
  double output;
};
struct Pictures {
  std::size_t height = 0, width = 0, channels = 1;  ///< of examples
  std::size_t examples = 0, wrong = 0;              ///< of the part
  std::vector<WrongPicture> surest{};
  std::vector<PictureRow> filters{}, maps{};
  std::vector<PictureRow> copies{};  ///< examples, and what an autoencoder makes of them
};

/// Returns nothing unless the examples of the data set are images of classes.
std::optional<Pictures> sample_pictures(Trainer& trainer, std::size_t part);

nlohmann::ordered_json to_json(const Pictures& pictures);

}  // namespace nnrun::host

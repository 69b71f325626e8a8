// What a network of images looks like: its first filters, what its first layers make of an example,
// and the examples that it got wrong.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
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
/// What a layer of two units makes of examples, and the pictures of some that lie apart.
struct Code {
  std::string layer;
  std::vector<std::pair<double, double>> points;
  std::vector<std::size_t> shown;  ///< which of them the pictures belong to
  PictureRow pictures;
};
struct Pictures {
  std::size_t height = 0, width = 0, channels = 1;  ///< of examples
  std::size_t examples = 0, wrong = 0;              ///< of the part
  std::vector<WrongPicture> surest{};
  std::vector<PictureRow> filters{}, maps{};
  std::vector<PictureRow> copies{};  ///< examples, and what an autoencoder makes of them
  std::optional<Code> code{};        ///< of an autoencoder, if its code is two numbers
};

/// Returns which of some points lie apart: the first in each place of a grid over most of them.
std::vector<std::size_t> points_apart(const std::vector<std::pair<double, double>>& points,
                                      std::size_t most);

/// Returns nothing unless the examples of the data set are images of classes.
std::optional<Pictures> sample_pictures(Trainer& trainer, std::size_t part);

nlohmann::ordered_json to_json(const Pictures& pictures);

}  // namespace nnrun::host

// What a page sees of a run: numbers of a snapshot, evaluated by a network of its own, as JSON.
#pragma once
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "serving/desk.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

class Eye {
 public:
  /// Takes from the trainer what does not change: examples, ranges, names. Not kept. columns: that
  /// pictures are over, where there are more than two. more: what else a page is told first.
  /// is_closed: asked while a picture is made; true ends that, and the picture is of no use.
  static std::shared_ptr<Eye> create(Trainer& trainer, const PlaneColumns& columns,
                                     const nlohmann::ordered_json& more,
                                     std::function<bool()> is_closed);
  virtual ~Eye() = default;

  /// Returns what a page is told first: the layers, the names, the plane.
  virtual nlohmann::ordered_json hello() const = 0;
  /// Returns the points on the plane; null if there is none.
  virtual nlohmann::ordered_json points() const = 0;
  /// Returns the picture of a moment. sharp: with more cells, where there is time for it.
  virtual nlohmann::ordered_json frame(const Snapshot& snapshot, bool sharp) = 0;
  /// Returns what the network of the last frame answers to examples that it does not train on, and
  /// its first layer as pictures; null where the plane says it all.
  virtual nlohmann::ordered_json answers() = 0;
};

}  // namespace nnrun::host

// What a page asks of a run.
#pragma once
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "training/edit.hpp"
namespace nnrun::host {

/// The columns of the data that pictures are over; empty, or not there: the first two numbers.
struct PlaneColumns {
  std::string x{}, y{};
};

struct Command {
  enum class What { play, pause, again, step, epoch, back, speed, set, weight, plane, reload };
  What what = What::pause;
  std::uint64_t steps = 1;       ///< of step and epoch: how many of them
  std::uint64_t step = 0;        ///< of back: where to
  double epochs_per_second = 0;  ///< of speed; 0: as fast as it goes
  std::vector<Override> set{};   ///< of set
  bool anew = false;             ///< of set: what the run has learnt is forgotten
  WeightEdit weight{};           ///< of weight
  PlaneColumns plane{};          ///< of plane
  /// Of those that may be refused: takes why it was not done; empty: it was.
  std::shared_ptr<std::promise<std::string>> answer{};

  bool may_be_refused() const {
    return what == What::set || what == What::weight || what == What::plane || what == What::reload;
  }
};

/// Returns what a page shows of an error: what is wrong and what to do, in a line.
std::string refusal_text(const Error& error);
/// Reads the JSON of a request. Throws UsageError for anything else.
Command read_command(std::string_view json);

}  // namespace nnrun::host

// What was probably meant by people who know other tools, or who know a key but not its place.
#pragma once
#include <span>
#include <string>
#include <string_view>
namespace nnrun::host {

struct Guess {
  std::string hint;       ///< proposes an action; may be empty
  std::string meant;      ///< the known word that was probably meant; may be empty
  bool is_known = false;  ///< of other tools, and done in another way here: the hint says how
};
/// Returns what to say about a key or a name that is not among the known ones.
Guess guess_for(std::string_view written, std::span<const std::string> known);
inline std::string hint_for(std::string_view written, std::span<const std::string> known) {
  return guess_for(written, known).hint;
}

}  // namespace nnrun::host

// What an examination says of a run that does not learn as it should.
#pragma once
#include <string>
#include <vector>

#include "base/error.hpp"
namespace nnrun::host {

/// How sure a finding is: a fact that stops learning; measured, and usually the cause; worth a
/// look.
enum class Confidence { certain, likely, possible };
/// Returns `certain`, `likely` or `possible`.
inline const char* name_of(Confidence confidence) {
  constexpr const char* names[] = {"certain", "likely", "possible"};
  return names[static_cast<std::size_t>(confidence)];
}

struct Illness {
  const char* id;  ///< a word for programs, such as `learning_rate`
  Confidence confidence;
  Problem problem;  ///< with the numbers as its note, and what to write as its hint
};

}  // namespace nnrun::host

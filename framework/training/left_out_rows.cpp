#include "training/left_out_rows.hpp"

#include <algorithm>
namespace nnrun::host {

void LeftOutRows::add(std::size_t part, const RowFault& fault) {
  if (!rows_[part].insert(static_cast<std::uint32_t>(fault.example)).second) return;
  const std::pair at{part, fault.example};
  if (!first_ || at < first_->at) first_ = First{at, fault.problem.what};
}

bool LeftOutRows::empty() const {
  return !first_;
}

std::size_t LeftOutRows::example_at(std::size_t part, std::size_t taken) const {
  for (const std::uint32_t left_out : rows_[part])
    if (left_out <= taken) ++taken;
  return taken;
}

std::string LeftOutRows::words(
    const std::function<std::string(std::size_t part, std::size_t example)>& place_of) const {
  constexpr std::size_t most_places = 10;  // each may be looked for from the start of the file
  std::size_t all = 0, told = 0;
  std::string places;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    all += rows_[part].size();
    for (const std::uint32_t row : rows_[part]) {
      if (told == most_places) break;
      places += (told == 0 ? "" : ", ") + place_of(part, row);
      if (told++ == 0) places += " (" + first_->why + ")";
    }
  }
  return std::to_string(all) +
         (all == 1 ? " row that cannot be scored is left out: "
                   : " rows that cannot be scored are left out: ") +
         places + (told < all ? ", …" : "");
}

}  // namespace nnrun::host

#include "network/layer_plan.hpp"

#include <algorithm>
#include <array>
#include <nnrun/affine.hpp>
#include <span>
#include <utility>
#include <vector>

#include "network/buffer.hpp"
#include "network/graph.hpp"
namespace nnrun::host {
namespace {

__extension__ typedef unsigned __int128 Product;
constexpr std::size_t most_numbers = std::size_t{1} << 40;  // more is a number that wrapped around

std::string fault_of_shape(const nnrun_shape& shape) {
  if (shape.rank < 1 || shape.rank > NNRUN_MAX_RANK)
    return " of " + std::to_string(shape.rank) + " sizes; 1 to " + std::to_string(NNRUN_MAX_RANK) +
           " are possible";
  const auto* const end = shape.sizes + shape.rank;
  return std::find(shape.sizes, end, 0u) == end ? "" : " of " + text_of(shape);
}

std::string off_lanes(const std::string& what) {
  return what + ", not on whole lanes of " + std::to_string(NNRUN_LANES);
}

/// The blocks of one flat vector: of the parameters, or of the state.
class Blocks {
 public:
  /// n: how many numbers the vector has; called: the plan's name for n.
  Blocks(std::span<const nnrun_block> blocks, std::size_t n, std::string called)
      : blocks_(blocks), n_(n), called_(std::move(called)) {}

  std::string fault() const {
    if (n_ % NNRUN_LANES != 0) return off_lanes(called_ + " = " + std::to_string(n_));
    for (const nnrun_block& block : blocks_)
      if (std::string fault = fault_of(block); !fault.empty()) return fault;
    return surely_apart() ? "" : fault_of_overlap();
  }

 private:
  static std::string text(const nnrun_block& block) {
    return "block '" + std::string(block.name) + "'";
  }

  std::string fault_of(const nnrun_block& block) const {
    if (block.name == nullptr) return "a block without a name";
    if (const std::string fault = fault_of_shape(block.shape); !fault.empty())
      return text(block) + fault;
    if (block.offset % NNRUN_LANES != 0)
      return off_lanes(text(block) + " at " + std::to_string(block.offset));
    Product last = block.offset;
    for (std::uint32_t d = 0; d < block.shape.rank && last < n_; ++d)
      last += Product{block.shape.sizes[d] - 1} * block.strides[d];
    if (last >= n_) return text(block) + " beyond " + called_ + " = " + std::to_string(n_);
    return "";
  }

  /// Returns whether the strides prove that no two numbers of a block share a place: each stride
  /// goes further than all smaller ones together.
  static bool nested(const nnrun_block& block) {
    std::array<std::pair<std::size_t, std::size_t>, NNRUN_MAX_RANK> by_stride{};
    for (std::uint32_t d = 0; d < block.shape.rank; ++d)
      by_stride[d] = {block.strides[d], block.shape.sizes[d]};
    std::sort(by_stride.begin(), by_stride.begin() + block.shape.rank);
    std::size_t reach = 0;
    for (std::uint32_t d = 0; d < block.shape.rank; ++d) {
      const auto& [stride, size] = by_stride[d];
      if (size > 1 && stride <= reach) return false;
      reach += (size - 1) * stride;
    }
    return true;
  }
  static std::size_t last_of(const nnrun_block& block) {
    std::size_t last = block.offset;
    for (std::uint32_t d = 0; d < block.shape.rank; ++d)
      last += (block.shape.sizes[d] - 1) * block.strides[d];
    return last;
  }
  bool surely_apart() const {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (!nested(blocks_[i])) return false;
      for (std::size_t k = 0; k < i; ++k)
        if (blocks_[i].offset <= last_of(blocks_[k]) && blocks_[k].offset <= last_of(blocks_[i]))
          return false;
    }
    return true;
  }

  /// Checks number by number, since blocks may interleave, as the gates of one wide matrix do.
  std::string fault_of_overlap() const {
    constexpr std::size_t most = std::size_t{1} << 24;  // more would take seconds
    if (n_ > most) return "";
    std::vector<std::uint8_t> owner(n_);
    std::string fault;
    for (std::size_t i = 0; i < blocks_.size() && fault.empty(); ++i) {
      Product count = 1;
      for (std::uint32_t d = 0; d < blocks_[i].shape.rank && count <= n_; ++d)
        count *= blocks_[i].shape.sizes[d];
      if (count > n_) return text(blocks_[i]) + " over itself";
      for_each_element(blocks_[i], blocks_[i].offset, [&](std::size_t at, std::size_t) {
        if (owner[at] != 0 && fault.empty())
          fault = text(blocks_[i]) + " over " +
                  (owner[at] == i + 1 ? "itself" : text(blocks_[owner[at] - 1u]));
        owner[at] = static_cast<std::uint8_t>(i + 1);
      });
    }
    return fault;
  }

  std::span<const nnrun_block> blocks_;
  std::size_t n_;
  std::string called_;
};

/// Returns why a layer that says it is x W + b cannot be, or an empty text.
std::string fault_of_affine(const nnrun_plan& plan) {
  if (plan.affine == 0) return "";
  const std::string says = "affine = " + std::to_string(plan.affine);
  const bool with_bias = plan.affine == NNRUN_AFFINE_WITH_BIAS;
  if (!with_bias && plan.affine != NNRUN_AFFINE)
    return says + "; 0, " + std::to_string(NNRUN_AFFINE) + " and " +
           std::to_string(NNRUN_AFFINE_WITH_BIAS) + " are possible";
  if (plan.n_state + plan.kept + plan.kept_per_row + plan.noise_per_row > 0)
    return says + " with state, noise, or numbers that are kept: it may be x W + b and no more";
  if (plan.n_in != 1) return says + " with " + std::to_string(plan.n_in) + " inputs, not one";
  const std::size_t units = size_of(plan.out),
                    numbers = affine::bias_at(size_of(plan.in[0]), units) +
                              (with_bias ? padded(affine::stride_of(units)) : 0);
  if (plan.n_parameters == numbers) return "";
  return says + " with n_parameters = " + std::to_string(plan.n_parameters) + ", not " +
         std::to_string(numbers);
}

}  // namespace

std::string fault_of_plan(const nnrun_plan& plan) {
  if (const std::string fault = fault_of_shape(plan.out); !fault.empty())
    return "an output" + fault;
  if (plan.n_blocks > NNRUN_MAX_BLOCKS || plan.n_state_blocks > NNRUN_MAX_STATE_BLOCKS)
    return std::to_string(plan.n_blocks) + " blocks of parameters and " +
           std::to_string(plan.n_state_blocks) + " of state; at most " +
           std::to_string(NNRUN_MAX_BLOCKS) + " and " + std::to_string(NNRUN_MAX_STATE_BLOCKS) +
           " are possible";
  for (const auto& [name, numbers] :
       {std::pair("scratch", plan.scratch), std::pair("kept", plan.kept),
        std::pair("kept_per_row", plan.kept_per_row),
        std::pair("noise_per_row", plan.noise_per_row)})
    if (numbers > most_numbers)
      return std::string(name) + " = " + std::to_string(numbers) + "; at most " +
             std::to_string(most_numbers) + " are possible";
  std::string fault =
      Blocks({plan.blocks, plan.n_blocks}, plan.n_parameters, "n_parameters").fault();
  if (fault.empty()) fault = fault_of_affine(plan);
  if (!fault.empty()) return fault;
  return Blocks({plan.state_blocks, plan.n_state_blocks}, plan.n_state, "n_state").fault();
}

}  // namespace nnrun::host

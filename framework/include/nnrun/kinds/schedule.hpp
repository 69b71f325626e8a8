// Schedules: how the learning rate changes during a run.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {

/// The moment that a factor is for.
class Moment {
 public:
  explicit Moment(const nnrun_moment* lent) : lent_(lent) {}
  double step() const { return static_cast<double>(lent_->step); }    ///< updates made so far
  double steps() const { return static_cast<double>(lent_->steps); }  ///< of the run as planned
  /// Epochs so far, including the fraction of the present one.
  double epoch() const { return step() / static_cast<double>(lent_->steps_per_epoch); }
  /// Whole epochs so far.
  std::uint64_t epochs_done() const { return lent_->step / lent_->steps_per_epoch; }
  /// The monitored value after each finished epoch.
  std::span<const double> history() const { return {lent_->history, lent_->n_history}; }
  bool higher_is_better() const { return lent_->higher_is_better != 0; }

 private:
  const nnrun_moment* lent_;
};

namespace detail {
template <class C>
int schedule_factor(void* self, const nnrun_moment* moment, double* out) noexcept {
  static_assert(
      requires(const C c, Moment m) { c.factor(m); },
      "a schedule gives double factor(const nnrun::Moment& moment) const");
  return guard([&] { *out = static_cast<const C*>(self)->factor(Moment(moment)); });
}
}  // namespace detail

/// Give `double factor(const Moment&) const`, by which the learning rate is multiplied. It must be
/// a function of the moment alone, so that a resumed run goes on as it would have.
struct Schedule {
  static constexpr auto kind = "schedule/1";
  template <class C>
  static constexpr nnrun_schedule functions_of() {
    return {sizeof(nnrun_schedule), 0, detail::schedule_factor<C>};
  }
};

}  // namespace nnrun

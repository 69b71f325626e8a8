#include "serving/live_trainer.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"
#include "network/flat_numbers.hpp"
#include "serving/data_plane.hpp"
#include "serving/eye.hpp"
namespace nnrun::host {
namespace {

using namespace std::chrono_literals;

constexpr auto idle = 50ms;            // between two looks whether it is to end
constexpr auto shortest_piece = 8ms;   // of training at a given speed
constexpr auto longest_debt = 250ms;   // a run that is slower than its speed does not catch up more
constexpr auto between_states = 20ms;  // of those to go back to
constexpr int times_of_a_copy =
    50;  // of the time, keeping them takes at most one part in this many

CurveRow row_of(const EpochReport& report) {
  CurveRow row{report.step, report.epoch, {}};
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (const Score* const score = report.score(part)) {
      row.values.push_back(score->cost);
      row.values.insert(row.values.end(), score->metrics.begin(), score->metrics.end());
    }
  return row;
}

}  // namespace

LiveTrainer::LiveTrainer(EditedTrainer& inner, Desk& desk, Watch watch, std::size_t most_bytes)
    : inner_(inner), desk_(desk), watch_(std::move(watch)), kept_(most_bytes) {
  kept_.keep(inner_.steps(), inner_.state());
  look_again();
}

bool LiveTrainer::advance(const Listener& listener, std::uint64_t most_steps) {
  bool stopped = false;
  Listener inner = listener;
  inner.stop = [&] {
    stopped = listener.stop && listener.stop();
    return stopped || desk_.is_wanted() || Clock::now() >= keep_due_;
  };
  told_ = &listener;
  // a step, not a count: what is asked for there stays there when the run goes back
  const std::uint64_t room = every_step - inner_.steps(),
                      end = inner_.steps() + std::min(most_steps, room);
  if (inner_.steps() == 0 && inner_.history().empty()) make_steps(inner, 0);  // measures the start
  while ((over_ || inner_.steps() < end) && !stopped) {
    attend();
    if (watch_.ending()) {
      if (failure_) std::rethrow_exception(failure_);
      if (listener.stop) listener.stop();
      break;
    }
    const std::uint64_t before = inner_.steps(), due = std::min(end - before, steps_due());
    if (due == 0) {
      desk_.wait_until(next_due());
      continue;
    }
    make_steps(inner, due);
    look_again();
    const std::uint64_t made = inner_.steps() - before;
    made_ += made;
    left_ -= std::min(left_, made);
    keep();
  }
  if (watch_.ending()) return_to_furthest();
  return over_;
}

/// Trains on. A number that is not finite ends this, not the page: one can go back from there.
void LiveTrainer::make_steps(const Listener& listener, std::uint64_t most) {
  try {
    over_ = inner_.advance(listener, most);
  } catch (const TrainingError& error) {
    failure_ = std::current_exception();
    said_ = error.problems().front().what;
    playing_ = false;
    left_ = 0;
    ++changes_;
  }
  if (!over_) return;
  playing_ = false;
  left_ = 0;
}

void LiveTrainer::attend() {
  if (!desk_.is_wanted()) return;
  for (const Command& command : desk_.take_commands()) obey(command);
  if (desk_.look_is_wanted()) give();
}

void LiveTrainer::obey(const Command& command) {
  using What = Command::What;
  const bool can_go_on = !over_ && !failure_;
  ++changes_;
  note_.clear();
  since_ = Clock::now();
  made_ = 0;
  switch (command.what) {
    case What::play:
      playing_ = can_go_on;
      left_ = 0;
      break;
    case What::pause:
      playing_ = false;
      left_ = 0;
      break;
    case What::again:
      if (inner_.edits().empty())
        go_to(0);
      else  // the changes stay: they are now those of the start
        start_anew(inner_.plan({}));
      break;
    case What::step:
      playing_ = false;
      if (can_go_on) left_ += command.steps;
      break;
    case What::epoch:
      playing_ = false;
      if (can_go_on)
        left_ += steps_to_end_of_epoch() + (command.steps - 1) * inner_.steps_per_epoch();
      break;
    case What::back:
      go_to(command.step);
      break;
    case What::speed:
      epochs_per_second_ = command.epochs_per_second;
      break;
    case What::reload:
      command.answer->set_value(watch_.reload ? watch_.reload() : "");
      break;
    case What::set:
    case What::weight:
    case What::plane:
      change(command);
      break;
  }
}

/// Changes the run, or says why not; then it is as it was.
void LiveTrainer::change(const Command& command) {
  try {
    if (command.what != Command::What::plane) end_epoch();
    if (command.what == Command::What::plane) {
      look_over(command.plane);
    } else if (command.what == Command::What::weight) {
      inner_.change(command.weight);
      note_change();
    } else {
      change_config(command);
    }
    command.answer->set_value("");
  } catch (const Error& error) {
    command.answer->set_value(refusal_text(error));
  }
}

/// What a run cannot go on from, or what nothing was learnt before, is another run from its start.
void LiveTrainer::change_config(const Command& command) {
  EditedTrainer::Plan plan = inner_.plan(command.set);
  if (command.anew || (inner_.steps() == 0 && inner_.edits().empty()))
    return start_anew(std::move(plan));
  if (const std::string key = key_that_waits(plan.before, plan.after); !key.empty())
    wait_for_epoch(key);
  if (inner_.change(plan))
    note_change();
  else
    start_anew(std::move(plan));
}

/// Trains to the end of the epoch, and notes that it did.
void LiveTrainer::wait_for_epoch(const std::string& key) {
  const std::uint64_t before = inner_.steps();
  const WithinEpoch here = inner_.within_epoch();
  if (!over_ && !failure_ && here.seen > 0) make_steps(on_the_way(), here.steps_left);
  if (watch_.ending() || failure_)
    throw UsageError(Problem{.what = "the epoch, at whose end this was to change, does not end" +
                                     (said_.empty() ? std::string() : ": " + said_)});
  if (inner_.steps() > before)
    note_ = key + " changes between two epochs: the steps from " + std::to_string(before) + " to " +
            std::to_string(inner_.steps()) + " ended this one as it had begun";
}

/// Ends the epoch if all its steps were made.
void LiveTrainer::end_epoch() {
  if (!over_ && !failure_) make_steps(on_the_way(), 0);
}

/// Takes in that the run goes on from here in another way than it did.
void LiveTrainer::note_change() {
  failure_ = nullptr;
  said_.clear();
  over_ = false;
  make_steps(on_the_way(), 0);
  kept_.keep_as_last(inner_.steps(), inner_.state());
  furthest_ = 0;
  left_ = 0;
  look_again();
  if (watch_.edited) watch_.edited();
}

void LiveTrainer::start_anew(EditedTrainer::Plan plan) {
  inner_.start_anew(std::move(plan));
  kept_.clear();
  rows_given_ = 0;
  ++branch_;
  note_change();
}

/// Makes pictures over other columns.
void LiveTrainer::look_over(const PlaneColumns& columns) {
  const std::vector<std::string> names = names_of_inputs(inner_.data());
  for (const std::string& name : {columns.x, columns.y})
    if (std::ranges::find(names, name) == names.end())
      throw UsageError(Problem{.what = "the data have no input '" + name + "'"});
  if (columns.x == columns.y)
    throw UsageError(Problem{.what = "a picture is over two columns, not twice over one"});
  const PlaneColumns before = std::exchange(plane_, columns);
  const auto eye = watch_.eye(inner_, columns);
  const nlohmann::ordered_json hello = eye->hello();
  if (hello.contains("plane") && hello["plane"]["x"]["name"] == columns.x &&
      hello["plane"]["y"]["name"] == columns.y) {
    eye_ = eye;
    return;
  }
  plane_ = before;
  throw UsageError(Problem{.what = "there is no picture over '" + columns.x + "' and '" +
                                   columns.y + "': both must be numbers of a table"});
}

/// Looks at the network that the run has now.
void LiveTrainer::look_again() {
  if (seen_ == inner_.model()) return;
  eye_ = watch_.eye(inner_, plane_);
  seen_ = inner_.model();
}

Listener LiveTrainer::on_the_way() const {
  Listener listener;
  if (told_ != nullptr) listener.epoch = told_->epoch;
  listener.stop = watch_.ending;
  return listener;
}

/// Returns how many steps there are to the next end of an epoch, after those that were asked for.
std::uint64_t LiveTrainer::steps_to_end_of_epoch() const {
  const std::uint64_t rest = inner_.within_epoch().steps_left, whole = inner_.steps_per_epoch();
  return left_ < rest ? rest - left_ : whole - (left_ - rest) % whole;
}

/// Returns how many epochs were made, with the part of the present one.
double LiveTrainer::epochs() const {
  const History& history = inner_.history();
  const auto whole = static_cast<double>(data().examples[NNRUN_TRAIN]),
             ended = static_cast<double>(history.empty() ? 0 : history.back().epoch);
  return (ended * whole + static_cast<double>(inner_.within_epoch().seen)) / whole;
}

/// Goes to a step and stays there. Of the steps before this one not all states are kept: it goes
/// to one before and trains on from there, which gives the same bits.
void LiveTrainer::go_to(std::uint64_t step) {
  playing_ = false;
  left_ = 0;
  if (step >= inner_.steps() && !failure_) {
    if (!over_) left_ = step - inner_.steps();
    return;
  }
  note_furthest();
  failure_ = nullptr;
  said_.clear();
  const auto [from, numbers] = kept_.at_or_before(std::min(step, inner_.steps()));
  inner_.go_to(from, numbers);
  over_ = false;
  ++branch_;
  rows_given_ = 0;
  make_steps(on_the_way(), step > from ? step - from : 0);
  look_again();
}

/// Keeps this moment if no later one was reached. Before a number that is not finite, none counts.
void LiveTrainer::note_furthest() {
  if (failure_) {
    furthest_ = 0;
  } else if (inner_.steps() > furthest_) {
    furthest_ = inner_.steps();
    furthest_is_over_ = over_;
    kept_.keep(furthest_, inner_.state());  // the last of all, which stays
  }
}

/// Undoes that somebody looked back: the record is that of the furthest step.
void LiveTrainer::return_to_furthest() {
  if (failure_ || inner_.steps() >= furthest_) return;
  inner_.go_to(furthest_, kept_.at_or_before(furthest_).second);
  over_ = furthest_is_over_;
}

double LiveTrainer::steps_per_second() const {
  return epochs_per_second_ * static_cast<double>(inner_.steps_per_epoch());
}

std::uint64_t LiveTrainer::steps_due() const {
  if (over_ || failure_) return 0;
  if (left_ > 0) return left_;
  if (!playing_) return 0;
  if (epochs_per_second_ == 0) return every_step;
  const double seconds = std::chrono::duration<double>(Clock::now() - since_).count();
  const double due = std::floor(seconds * steps_per_second()) - static_cast<double>(made_);
  const double most =
      std::max(1., std::chrono::duration<double>(longest_debt).count() * steps_per_second());
  return static_cast<std::uint64_t>(std::clamp(due, 0., most));
}

LiveTrainer::Clock::time_point LiveTrainer::next_due() const {
  const Clock::time_point latest = Clock::now() + idle;
  if (!playing_ || epochs_per_second_ == 0) return latest;
  const double speed = steps_per_second(),
               piece = std::max(1., std::chrono::duration<double>(shortest_piece).count() * speed);
  const std::chrono::duration<double> then((static_cast<double>(made_) + piece) / speed);
  if (then > Clock::now() - since_ + idle) return latest;  // it may be more than a clock can count
  return std::min(latest, since_ + std::chrono::duration_cast<Clock::duration>(then));
}

/// Keeps this state to go back to, if it is time to.
void LiveTrainer::keep() {
  const Clock::time_point start = Clock::now();
  if (start < keep_due_ || failure_) return;
  kept_.keep(inner_.steps(), inner_.state());
  const Clock::time_point end = Clock::now();
  keep_due_ = end + std::max<Clock::duration>(between_states, times_of_a_copy * (end - start));
  // behind its time, it does not hurry to catch up
  if (std::chrono::duration<double>(end - since_).count() * steps_per_second() >
      static_cast<double>(made_) + 1 +
          std::chrono::duration<double>(longest_debt).count() * steps_per_second()) {
    since_ = end;
    made_ = 0;
  }
}

/// Gives a copy of this moment to whoever looks.
void LiveTrainer::give() {
  Snapshot now;
  now.step = inner_.steps();
  const History& history = inner_.history();
  now.epochs = epochs();
  now.playing = playing_ || left_ > 0;
  now.over = over_;
  now.epochs_per_second = epochs_per_second_;
  now.said = said_;
  now.note = note_;
  now.changes = changes_;
  now.branch = branch_;
  now.furthest = std::max(now.step, furthest_);
  for (; rows_given_ < history.size(); ++rows_given_)
    now.rows.push_back(row_of(history[rows_given_]));
  const FlatNumbers numbers = flat_numbers(*inner_.model());
  now.parameters.assign(numbers.parameters.begin(), numbers.parameters.end());
  now.state.assign(numbers.state.begin(), numbers.state.end());
  now.eye = eye_;
  for (const Edit& edit : inner_.edits()) {
    now.edited.push_back(edit.step);
    now.by_hand += edit.set.empty();
  }
  desk_.give(std::move(now));
}

}  // namespace nnrun::host

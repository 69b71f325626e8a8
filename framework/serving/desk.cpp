#include "serving/desk.hpp"

#include <utility>
namespace nnrun::host {
namespace {

using Lock = std::unique_lock<std::mutex>;
constexpr std::size_t most_waiting = 1000;  // commands; a page that sends more is not obeyed

}  // namespace

void Desk::send(const Command& command) {
  {
    const Lock lock(mutex_);
    if (commands_.size() < most_waiting)
      commands_.push_back(command);
    else if (command.answer)
      command.answer->set_value("too much is asked for at once");
    ++sent_;
    wanted_ = true;
  }
  to_trainer_.notify_all();
  to_viewer_.notify_all();
}

std::string Desk::ask(const Command& command) {
  std::future<std::string> answer = command.answer->get_future();
  send(command);
  while (answer.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready)
    if (const Lock lock(mutex_); closed_) return "the run has ended";
  return answer.get();
}

std::uint64_t Desk::commands_so_far() {
  const Lock lock(mutex_);
  return sent_;
}

void Desk::wait_for_command(std::uint64_t seen) {
  Lock lock(mutex_);
  to_viewer_.wait_for(lock, std::chrono::milliseconds(500),
                      [&] { return closed_ || sent_ != seen; });
}

bool Desk::look(Snapshot& snapshot) {
  Lock lock(mutex_);
  look_wanted_ = true;
  wanted_ = true;
  to_trainer_.notify_all();
  to_viewer_.wait(lock, [&] { return closed_ || !look_wanted_; });
  if (closed_) return false;
  snapshot = std::move(snapshot_);
  return true;
}

void Desk::wait_until(Clock::time_point then) {
  Lock lock(mutex_);
  to_trainer_.wait_until(lock, then, [&] { return closed_ || wanted_; });
}

std::vector<Command> Desk::take_commands() {
  const Lock lock(mutex_);
  wanted_ = look_wanted_;
  return std::exchange(commands_, {});
}

bool Desk::look_is_wanted() {
  const Lock lock(mutex_);
  return look_wanted_;
}

void Desk::give(Snapshot snapshot) {
  {
    const Lock lock(mutex_);
    snapshot_ = std::move(snapshot);
    look_wanted_ = false;
    wanted_ = !commands_.empty();
  }
  to_viewer_.notify_all();
}

void Desk::close() {
  {
    const Lock lock(mutex_);
    closed_ = true;
  }
  to_trainer_.notify_all();
  to_viewer_.notify_all();
}

}  // namespace nnrun::host

#include "cli/shared_board.hpp"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <new>
namespace nnrun::host {

struct SharedBoard::Shared {
  struct Entry {
    std::atomic<Clock::rep> ran{0};  // 0: it has written nothing
    std::atomic<std::uint32_t> waits_for{nobody};
  };
  static constexpr std::uint32_t most = 64;  // those of higher ranks are as unknown as remote ones
  std::atomic<bool> spoken{false};
  std::array<Entry, most> entries;
};

SharedBoard::SharedBoard() {
  void* const memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  shared_ = memory == MAP_FAILED ? nullptr : new (memory) Shared;
}
SharedBoard::~SharedBoard() {
  if (shared_ != nullptr) ::munmap(shared_, sizeof(Shared));
}

bool SharedBoard::may_speak() {
  return shared_ == nullptr || !shared_->spoken.exchange(true);
}

void SharedBoard::write(std::uint32_t rank, Clock::time_point now, std::uint32_t waits_for) {
  if (shared_ == nullptr || rank >= Shared::most) return;
  Shared::Entry& entry = shared_->entries[rank];
  entry.waits_for.store(waits_for, std::memory_order_relaxed);
  entry.ran.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

bool SharedBoard::waits_in_turn(std::uint32_t rank, Clock::time_point alive) const {
  if (shared_ == nullptr) return false;
  for (std::uint32_t steps = 0; steps < Shared::most; ++steps) {
    const Shared::Entry* const entry = rank < Shared::most ? &shared_->entries[rank] : nullptr;
    const Clock::rep ran = entry == nullptr ? 0 : entry->ran.load(std::memory_order_relaxed);
    const std::uint32_t next = ran < alive.time_since_epoch().count()
                                   ? nobody
                                   : entry->waits_for.load(std::memory_order_relaxed);
    if (next == nobody) return steps > 0;
    rank = next;
  }
  return false;  // they wait for each other: what they sent is lost
}

}  // namespace nnrun::host

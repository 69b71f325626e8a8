// Workspaces of a model that many threads use: each call borrows one, without a lock.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "network/predictor.hpp"
namespace nnrun::host {

/// What a thread needs to answer rows.
template <class T>
struct Answerer {
  Predictor<T> one;                   ///< of single rows
  std::optional<Predictor<T>> block;  ///< of rows that run together; made when first needed

  Answerer(const NumbersInUse<T>& model, std::size_t rows_for_one) : one(model, rows_for_one) {
    one.begin();
  }
};

template <class T>
class Workspaces {
  /// nullptr: there is none yet; taken(): somebody has it.
  struct alignas(64) Slot {
    std::atomic<Answerer<T>*> content{nullptr};
  };

 public:
  static constexpr std::size_t most = 64;

  Workspaces(const NumbersInUse<T>& model, std::size_t rows_for_one)
      : model_(model), rows_for_one_(rows_for_one) {}
  Workspaces(const Workspaces&) = delete;
  Workspaces& operator=(const Workspaces&) = delete;
  ~Workspaces() {
    for (Slot& slot : slots_) delete slot.content.load();
  }

  /// A workspace that nobody else has, as long as it lives.
  class Borrowed {
   public:
    /// Takes the first that is free, or makes one; waits while all are taken.
    explicit Borrowed(Workspaces& from) {
      for (std::size_t at = own_slot();; ++at) {
        slot_ = &from.slots_[at % most];
        mine_ = slot_->content.exchange(taken(), std::memory_order_acquire);
        if (mine_ != taken()) break;
        if (at % most == most - 1) std::this_thread::yield();
      }
      if (mine_ == nullptr) [[unlikely]]
        make(from);
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ~Borrowed() { slot_->content.store(mine_, std::memory_order_release); }
    Answerer<T>* operator->() const { return mine_; }

   private:
    [[gnu::noinline]] void make(const Workspaces& from) try {
      mine_ = std::make_unique<Answerer<T>>(from.model_, from.rows_for_one_).release();
    } catch (...) {
      slot_->content.store(nullptr, std::memory_order_release);
      throw;
    }
    Slot* slot_;
    Answerer<T>* mine_;
  };

  const NumbersInUse<T>& model() const { return model_; }

 private:
  static Answerer<T>* taken() {
    alignas(Answerer<T>) static char mark;
    return reinterpret_cast<Answerer<T>*>(&mark);
  }
  /// Returns where this thread looks first: threads that begin one after the other have one each.
  static std::size_t own_slot() {
    static std::atomic<std::size_t> threads{0};
    [[gnu::tls_model("initial-exec")]] static thread_local constinit std::size_t own = 0;
    if (own == 0) [[unlikely]]
      own = threads.fetch_add(1, std::memory_order_relaxed) % most + 1;
    return own - 1;
  }

  NumbersInUse<T> model_;
  std::size_t rows_for_one_;
  std::array<Slot, most> slots_;
};

}  // namespace nnrun::host

#include "program.hpp"

#include <algorithm>
#include <array>
#include <deque>

namespace formulas {
namespace {

bool takes_constants(Op op) {
  return op == Op::add || op == Op::sub || op == Op::mul || op == Op::div || op == Op::max ||
         op == Op::min;
}

}  // namespace

/// Gives each operation that is needed a register, which is free again after its last reader.
class Program::Assembly {
 public:
  Assembly(Program& program, const Expression& expression, std::span<const int> results, int known)
      : program_(program),
        expression_(expression),
        results_(results),
        known_(known),
        last_reader_(expression.operations().size(), -1),
        is_placed_(expression.operations().size()),
        register_of_(expression.operations().size(), none) {
    program.n_registers_ = program.n_inputs_ + results.size();
  }

  void assemble() {
    for (const int result : results_) put_in_order(result);
    note_readers();
    for (const int i : order_) give_out(i);
    for (std::size_t k = 0; k < results_.size(); ++k) {
      const int result = results_[k];
      if (register_at(result) == result_register(k)) continue;
      Instruction copy{
          Op::input, Instruction::Form::registers, result_register(k), 0, 0, 0, 0, false, 0};
      copy.a = source_of(result);
      program_.instructions_.push_back(copy);
    }
  }

 private:
  static constexpr unsigned char none = 255;

  unsigned char& register_at(int i) { return register_of_[static_cast<std::size_t>(i)]; }
  unsigned char result_register(std::size_t k) const {
    return static_cast<unsigned char>(program_.n_inputs_ + k);
  }
  /// Returns what an operation reads: `where` reads what it compares.
  std::array<int, 4> read_by(int i) const {
    const Operation& o = expression_[i];
    if (i == known_) return {-1, -1, -1, -1};
    if (o.op != Op::where) return {o.a, o.b, -1, -1};
    return {expression_[o.a].a, expression_[o.a].b, o.b, o.c};
  }

  /// Each operation right before it is needed: of a long sum, few numbers wait at a time.
  void put_in_order(int i) {
    bool& placed = is_placed_[static_cast<std::size_t>(i)];
    if (placed) return;
    placed = true;
    for (const int operand : read_by(i))
      if (operand >= 0) put_in_order(operand);
    order_.push_back(i);
  }
  void note_readers() {
    for (const int i : order_)
      for (const int operand : read_by(i))
        if (operand >= 0) last_reader_[static_cast<std::size_t>(operand)] = i;  // in this order
    for (const int result : results_) last_reader_[static_cast<std::size_t>(result)] = -1;
  }

  unsigned char fresh() {
    if (!free_.empty()) {
      const unsigned char out = free_.back();
      free_.pop_back();
      return out;
    }
    if (program_.n_registers_ == most_registers)
      throw Fault{0, std::string::npos, "the formula needs too many numbers at a time",
                  "write it in a shorter way"};
    return static_cast<unsigned char>(program_.n_registers_++);
  }

  /// Returns the register of an operand; a constant gets one of its own that stays.
  unsigned char source_of(int i) {
    if (expression_.is_constant(i) && register_at(i) == none) {
      // never one that was free: those are written again in every block
      std::vector<unsigned char> set_aside;
      std::swap(set_aside, free_);
      register_at(i) = fresh();
      std::swap(set_aside, free_);
      program_.constants_.push_back({register_at(i), expression_[i].value});
    }
    return register_at(i);
  }

  void give_out(int i) {
    const Operation& o = expression_[i];
    if (o.op == Op::input) register_at(i) = static_cast<unsigned char>(o.value);
    if (i == known_) register_at(i) = static_cast<unsigned char>(program_.n_inputs_ - 1);
    if (o.op == Op::input || o.op == Op::constant || i == known_) return;
    Instruction one{o.op, Instruction::Form::registers, 0, 0, 0, 0, 0, false, o.value};
    const std::array<int, 4> read = read_by(i);
    if (o.op == Op::where) one.or_equal = expression_[o.a].op == Op::less_equal;
    const bool short_form = takes_constants(o.op);
    if (short_form && expression_.is_constant(o.a)) {
      one.form = Instruction::Form::first_constant, one.value = expression_[o.a].value;
      one.b = source_of(o.b);
    } else if (short_form && expression_.is_constant(o.b)) {
      one.form = Instruction::Form::second_constant, one.value = expression_[o.b].value;
      one.a = source_of(o.a);
    } else {
      unsigned char* const fields[] = {&one.a, &one.b, &one.c, &one.d};
      for (std::size_t k = 0; k < read.size(); ++k)
        if (read[k] >= 0) *fields[k] = source_of(read[k]);
    }
    release(read, i);
    one.out = register_at(i) = place_for(i);
    program_.instructions_.push_back(one);
  }

  void release(const std::array<int, 4>& read, int reader) {
    for (const int operand : read) {
      if (operand < 0 || expression_.is_constant(operand)) continue;
      const unsigned char r = register_at(operand);
      const bool own = r >= program_.n_inputs_ + program_.n_results_;
      const bool is_free = std::count(free_.begin(), free_.end(), r) > 0;
      if (own && !is_free && last_reader_[static_cast<std::size_t>(operand)] == reader)
        free_.push_back(r);
    }
  }

  unsigned char place_for(int i) {
    const auto found = std::find(results_.begin(), results_.end(), i);
    return found == results_.end()
               ? fresh()
               : result_register(static_cast<std::size_t>(found - results_.begin()));
  }

  Program& program_;
  const Expression& expression_;
  std::span<const int> results_;
  int known_;
  std::vector<int> last_reader_;  // -1: read until the end
  std::deque<bool> is_placed_;
  std::vector<int> order_;
  std::vector<unsigned char> register_of_, free_;
};

Program::Program(const Expression& expression, std::size_t inputs, std::span<const int> results,
                 int known)
    : n_inputs_(inputs), n_results_(results.size()) {
  Assembly(*this, expression, results, known).assemble();
}

template <class T>
[[gnu::noinline]] void Program::run(const T* const* inputs, T* const* results,
                                    std::size_t n) const {
  const std::size_t between = n_registers_ - n_inputs_ - n_results_;
  if (between <= 8) return run_with_room<T, 8>(inputs, results, n);
  if (between <= 32) return run_with_room<T, 32>(inputs, results, n);
  run_with_room<T, most_registers>(inputs, results, n);
}
template void Program::run<float>(const float* const*, float* const*, std::size_t) const;
template void Program::run<double>(const double* const*, double* const*, std::size_t) const;

}  // namespace formulas

#include <Eigen/Core>

#include "peers/by_hand.hpp"
namespace nnrun::bench {
namespace {

void multiply(const Product& p) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto number = [](std::size_t n) { return static_cast<Eigen::Index>(n); };
  const auto rows = [&](const float* at, bool transposed, std::size_t m, std::size_t n) {
    return Eigen::Map<const Matrix>(at, number(transposed ? n : m), number(transposed ? m : n));
  };
  const auto a = rows(p.a, p.a_transposed, p.m, p.k), b = rows(p.b, p.b_transposed, p.k, p.n);
  Eigen::Map<Matrix> c(p.c, number(p.m), number(p.n));
  if (p.keep == 0) c.setZero();
  if (p.a_transposed)
    c.noalias() += p.scale * (a.transpose() * b);
  else if (p.b_transposed)
    c.noalias() += p.scale * (a * b.transpose());
  else
    c.noalias() += p.scale * (a * b);
}

void use_threads(unsigned) {}

}  // namespace
}  // namespace nnrun::bench

nnrun::bench::Peer* nnrun_peer(const nnrun::bench::Task& task) {
  if (task.threads > 1) return nullptr;  // without OpenMP it has one
  return new nnrun::bench::ByHand<nnrun::bench::multiply, nnrun::bench::use_threads>(task);
}

#include <dnnl.h>
#include <omp.h>

#include "peers/by_hand.hpp"
namespace nnrun::bench {
namespace {

void multiply(const Product& p) {
  const auto number = [](std::size_t n) { return static_cast<dnnl_dim_t>(n); };
  dnnl_sgemm(p.a_transposed ? 'T' : 'N', p.b_transposed ? 'T' : 'N', number(p.m), number(p.n),
             number(p.k), p.scale, p.a, number(p.a_row), p.b, number(p.b_row), p.keep, p.c,
             number(p.n));
}

void use_threads(unsigned n) {
  omp_set_num_threads(static_cast<int>(n));
}

}  // namespace
}  // namespace nnrun::bench

nnrun::bench::Peer* nnrun_peer(const nnrun::bench::Task& task) {
  return new nnrun::bench::ByHand<nnrun::bench::multiply, nnrun::bench::use_threads>(task);
}

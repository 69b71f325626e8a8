// LeNet by hand, all sizes known to the compiler: -O3 -march=native, with fused multiply-add. Eight
// examples lie in the lanes of a vector, so that no layer has an edge; relu and max pooling are
// part of the convolution before them.
#include "limit_lenet.hpp"

#include <algorithm>
#include <cmath>
namespace nnrun::bench {
namespace {

constexpr int lanes = 8, groups = 8, batch = lanes * groups;
typedef float Vec __attribute__((vector_size(32)));
typedef int Mask __attribute__((vector_size(32)));

float sum_of(const Vec& v) {
  float sum = 0;
  for (int e = 0; e < lanes; ++e) sum += v[e];
  return sum;
}

/// A convolution of 5 x 5 with relu and a pool of 2 x 2: C channels of In x In inputs, with what is
/// around them, to F filters of Out x Out before the pool. At a time, Some filters.
template <int C, int In, int F, int Out, int Some>
struct Filter {
  static constexpr int half = Out / 2, border = 4;
  Vec y[F][half][half], dy[F][half][half];
  Mask which[F][half][half];
  Vec dz[F][Out][Out + 2 * border];  // between zeros

  void forward(const Vec (&x)[C][In][In], const float* w, const float* b) {
    for (int f = 0; f < F; f += Some)
      for (int i = 0; i < half; ++i)
        for (int j = 0; j < half; ++j) {
          Vec sums[Some][4];
          for (int s = 0; s < Some; ++s)
            for (Vec& sum : sums[s]) sum = Vec{} + b[f + s];
          for (int c = 0; c < C; ++c)
            for (int k = 0; k < 5; ++k) {
              const Vec *above = &x[c][2 * i + k][2 * j], *below = &x[c][2 * i + k + 1][2 * j];
#pragma GCC unroll 5
              for (int l = 0; l < 5; ++l)
#pragma GCC unroll 4
                for (int s = 0; s < Some; ++s) {
                  const Vec weight = Vec{} + w[(((f + s) * C + c) * 5 + k) * 5 + l];
                  sums[s][0] += weight * above[l];
                  sums[s][1] += weight * above[l + 1];
                  sums[s][2] += weight * below[l];
                  sums[s][3] += weight * below[l + 1];
                }
            }
          for (int s = 0; s < Some; ++s) pool(sums[s], y[f + s][i][j], which[f + s][i][j]);
        }
  }
  static void pool(const Vec (&sums)[4], Vec& y, Mask& which) {
    y = Vec{};
    which = Mask{} - 1;
    for (int q = 0; q < 4; ++q) {
      const Mask more = sums[q] > y;
      y = more ? sums[q] : y;
      which = more ? Mask{} + q : which;
    }
  }
  void backward() {
    for (int f = 0; f < F; ++f)
      for (int i = 0; i < Out; ++i)
        for (int j = 0; j < Out; ++j)
          dz[f][i][j + border] =
              which[f][i / 2][j / 2] == i % 2 * 2 + j % 2 ? dy[f][i / 2][j / 2] : Vec{};
  }
  /// Adds to the slopes of weights and biases.
  void backward_parameters(const Vec (&x)[C][In][In], float* dw, float* db) const {
    for (int f = 0; f < F; f += 2)
      for (int c = 0; c < C; ++c)
        for (int k = 0; k < 5; ++k) {
          Vec sums[2][5] = {};
          for (int i = 0; i < Out; ++i)
            for (int j = 0; j < Out; ++j)
#pragma GCC unroll 5
              for (int l = 0; l < 5; ++l) {
                const Vec in = x[c][i + k][j + l];
                sums[0][l] += dz[f][i][j + border] * in;
                sums[1][l] += dz[f + 1][i][j + border] * in;
              }
          for (int s = 0; s < 2; ++s)
            for (int l = 0; l < 5; ++l)
              dw[(((f + s) * C + c) * 5 + k) * 5 + l] += sum_of(sums[s][l]);
        }
    for (int f = 0; f < F; ++f) {
      Vec sum{};
      for (const auto& line : dz[f])
        for (const Vec& d : line) sum += d;
      db[f] += sum_of(sum);
    }
  }
  /// Three channels and P pixels at a time.
  template <int P>
  void backward_inputs(int c, int i, int j, const float* w, Vec (&dx)[C][In][In]) const {
    Vec sums[3][P] = {};
    const int first = std::max(0, i - Out + 1), last = std::min(4, i);
    for (int f = 0; f < F; ++f)
      for (int k = first; k <= last; ++k) {
        const Vec* const d = &dz[f][i - k][j + border];
#pragma GCC unroll 5
        for (int l = 0; l < 5; ++l)
#pragma GCC unroll 3
          for (int s = 0; s < 3; ++s) {
            const Vec weight = Vec{} + w[((f * C + c + s) * 5 + k) * 5 + l];
#pragma GCC unroll 4
            for (int p = 0; p < P; ++p) sums[s][p] += weight * d[p - l];
          }
      }
    for (int s = 0; s < 3; ++s)
      for (int p = 0; p < P; ++p) dx[c + s][i][j + p] = sums[s][p];
  }
  void backward_inputs(const float* w, Vec (&dx)[C][In][In]) const {
    for (int c = 0; c < C; c += 3)
      for (int i = 0; i < In; ++i) {
        int j = 0;
        for (; j + 4 <= In; j += 4) backward_inputs<4>(c, i, j, w, dx);
        for (; j < In; j += 2) backward_inputs<2>(c, i, j, w, dx);
      }
  }
};

/// A dense layer over the whole batch. Rows of weights have room for whole vectors.
template <int In, int Out, int AtOnce, int InAtOnce>
struct Units {
  static constexpr int row = (In + 15) / 16 * 16, out_row = (Out + 15) / 16 * 16;
  static_assert(Out % AtOnce == 0 && In % InAtOnce == 0);
  Vec y[Out][groups], dy[Out][groups];
  float x_rows[batch][row] = {}, d_rows[batch][out_row] = {};

  template <bool Relu>
  void forward(const Vec (&x)[In][groups], const float* w, const float* b) {
    for (int u = 0; u < Out; u += AtOnce)
      for (int g = 0; g < groups; g += 2) {
        Vec sums[AtOnce][2];
        for (int s = 0; s < AtOnce; ++s) sums[s][0] = sums[s][1] = Vec{} + b[u + s];
        for (int i = 0; i < In; ++i)
#pragma GCC unroll 6
          for (int s = 0; s < AtOnce; ++s) {
            const Vec weight = Vec{} + w[(u + s) * row + i];
            sums[s][0] += weight * x[i][g];
            sums[s][1] += weight * x[i][g + 1];
          }
        for (int s = 0; s < AtOnce; ++s)
          for (int k = 0; k < 2; ++k)
            y[u + s][g + k] = Relu ? (sums[s][k] > 0 ? sums[s][k] : Vec{}) : sums[s][k];
      }
  }
  void backward_relu() {
    for (int u = 0; u < Out; ++u)
      for (int g = 0; g < groups; ++g) dy[u][g] = y[u][g] > 0 ? dy[u][g] : Vec{};
  }
  void backward_inputs(const float* w, Vec (&dx)[In][groups]) const {
    for (int i = 0; i < In; i += InAtOnce)
      for (int g = 0; g < groups; g += 2) {
        Vec sums[InAtOnce][2] = {};
        for (int u = 0; u < Out; ++u)
#pragma GCC unroll 6
          for (int s = 0; s < InAtOnce; ++s) {
            const Vec weight = Vec{} + w[u * row + i + s];
            sums[s][0] += weight * dy[u][g];
            sums[s][1] += weight * dy[u][g + 1];
          }
        for (int s = 0; s < InAtOnce; ++s) dx[i + s][g] = sums[s][0], dx[i + s][g + 1] = sums[s][1];
      }
  }
  /// Turned back, so that inputs lie in lanes: then no sum runs across them.
  void backward_parameters(const Vec (&x)[In][groups], float* dw, float* db) {
    for (int i = 0; i < In; ++i)
      for (int e = 0; e < batch; ++e) x_rows[e][i] = x[i][e / lanes][e % lanes];
    for (int u = 0; u < Out; ++u)
      for (int e = 0; e < batch; ++e) d_rows[e][u] = dy[u][e / lanes][e % lanes];
    for (int u = 0; u < Out; u += AtOnce)
      for (int i = 0; i < row; i += 2 * lanes) {
        Vec sums[AtOnce][2] = {};
        for (int e = 0; e < batch; ++e) {
          const Vec* const in = reinterpret_cast<const Vec*>(&x_rows[e][i]);
#pragma GCC unroll 6
          for (int s = 0; s < AtOnce; ++s) {
            const Vec d = Vec{} + d_rows[e][u + s];
            sums[s][0] += d * in[0];
            sums[s][1] += d * in[1];
          }
        }
        for (int s = 0; s < AtOnce; ++s)
          for (int k = 0; k < 2; ++k)
            *reinterpret_cast<Vec*>(&dw[(u + s) * row + i + k * lanes]) = sums[s][k];
      }
    for (int u = 0; u < Out; ++u) {
      Vec sum{};
      for (const Vec& d : dy[u]) sum += d;
      db[u] = sum_of(sum);
    }
  }
};

/// Numbers of each block of parameters, weights and biases in turn, in whole vectors.
constexpr int sizes[] = {152, 8, 2400, 16, 120 * 400, 120, 84 * 128, 88, 10 * 96, 16};
constexpr int place(int block) {
  int at = 0;
  for (int k = 0; k < block; ++k) at += sizes[k];
  return at;
}

}  // namespace

struct HandLenet::Numbers {
  static constexpr int n = place(10);
  alignas(64) float w[n] = {}, dw[n] = {}, m[n] = {}, v[n] = {};
  Filter<1, 32, 6, 28, 3> first[groups] = {};
  Filter<6, 14, 16, 10, 2> second[groups] = {};
  Vec images[groups][1][32][32] = {};
  Vec flat[400][groups], dflat[400][groups], dpool[6][14][14];
  Units<400, 120, 6, 5> dense1;
  Units<120, 84, 6, 6> dense2;
  Units<84, 10, 5, 6> dense3;
  int step = 0;

  void forward();
  void backward();
  float share_out(const float* t);
  void update();
};

void HandLenet::Numbers::forward() {
  for (int g = 0; g < groups; ++g) {
    first[g].forward(images[g], w + place(0), w + place(1));
    second[g].forward(first[g].y, w + place(2), w + place(3));
    for (int c = 0; c < 16; ++c)
      for (int p = 0; p < 25; ++p) flat[p * 16 + c][g] = second[g].y[c][p / 5][p % 5];
  }
  dense1.forward<true>(flat, w + place(4), w + place(5));
  dense2.forward<true>(dense1.y, w + place(6), w + place(7));
  dense3.forward<false>(dense2.y, w + place(8), w + place(9));
}
/// Softmax and cross-entropy: returns the sum of the costs, and leaves the slopes of their mean.
float HandLenet::Numbers::share_out(const float* t) {
  float cost = 0;
  for (int e = 0; e < batch; ++e) {
    const int g = e / lanes, k = e % lanes;
    float most = dense3.y[0][g][k], sum = 0, right = 0, p[10];
    for (int u = 1; u < 10; ++u) most = std::max(most, dense3.y[u][g][k]);
    for (int u = 0; u < 10; ++u) {
      sum += p[u] = std::exp(dense3.y[u][g][k] - most);
      right += t[e * 10 + u] * (dense3.y[u][g][k] - most);
    }
    cost += std::log(sum) - right;
    for (int u = 0; u < 10; ++u) dense3.dy[u][g][k] = (p[u] / sum - t[e * 10 + u]) / batch;
  }
  return cost;
}
void HandLenet::Numbers::backward() {
  dense3.backward_inputs(w + place(8), dense2.dy);
  dense3.backward_parameters(dense2.y, dw + place(8), dw + place(9));
  dense2.backward_relu();
  dense2.backward_inputs(w + place(6), dense1.dy);
  dense2.backward_parameters(dense1.y, dw + place(6), dw + place(7));
  dense1.backward_relu();
  dense1.backward_inputs(w + place(4), dflat);
  dense1.backward_parameters(flat, dw + place(4), dw + place(5));
  std::fill_n(dw, place(4), 0.f);
  for (int k = 0; k < groups; ++k) {
    for (int c = 0; c < 16; ++c)
      for (int p = 0; p < 25; ++p) second[k].dy[c][p / 5][p % 5] = dflat[p * 16 + c][k];
    second[k].backward();
    second[k].backward_parameters(first[k].y, dw + place(2), dw + place(3));
    second[k].backward_inputs(w + place(2), first[k].dy);
    first[k].backward();
    first[k].backward_parameters(images[k], dw + place(0), dw + place(1));
  }
}
/// Adam, as nnrun has it.
void HandLenet::Numbers::update() {
  ++step;
  const float held1 = 1 - std::pow(0.9f, static_cast<float>(step)),
              held2 = 1 - std::pow(0.999f, static_cast<float>(step)), rate = 0.001f / held1,
              share = 1 / std::sqrt(held2);
  for (int i = 0; i < n; ++i) {
    m[i] += 0.1f * (dw[i] - m[i]);
    v[i] += 0.001f * (dw[i] * dw[i] - v[i]);
    w[i] -= rate * m[i] / (std::sqrt(v[i]) * share + 1e-8f);
  }
}

HandLenet::HandLenet(const std::vector<float>& start) : numbers_(std::make_unique<Numbers>()) {
  const int rows[] = {1, 1, 1, 1, 120, 1, 84, 1, 10, 1},
            real[] = {150, 6, 2400, 16, 400, 120, 120, 84, 84, 10};
  const float* from = start.data();
  for (int block = 0; block < 10; ++block)
    for (int r = 0; r < rows[block]; ++r, from += real[block])
      std::copy_n(from, real[block], numbers_->w + place(block) + r * (sizes[block] / rows[block]));
}
HandLenet::~HandLenet() = default;

double HandLenet::train(const float* x, const float* t, std::size_t count) {
  double cost = 0;
  for (std::size_t at = 0; at + batch <= count; at += batch) {
    for (int e = 0; e < batch; ++e)
      for (int i = 0; i < 28; ++i)
        for (int j = 0; j < 28; ++j)
          numbers_->images[e / lanes][0][i + 2][j + 2][e % lanes] =
              x[(at + static_cast<std::size_t>(e)) * 784 + static_cast<std::size_t>(i * 28 + j)];
    numbers_->forward();
    cost += static_cast<double>(numbers_->share_out(t + at * 10));
    numbers_->backward();
    numbers_->update();
  }
  return cost;
}

}  // namespace nnrun::bench

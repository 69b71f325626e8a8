#include "exported.hpp"

#include <dlfcn.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nnrun/run.hpp>
#include <stdexcept>
namespace nnrun::bench {
namespace {

constexpr std::size_t rows = 64;
// as people compile, and for this very processor, as the library chooses its code
constexpr const char* ways[] = {"-O2", "-O3 -march=native"};

struct Network {
  const char* name;
  std::size_t inputs;
  const char* model;        ///< as configs have it
  std::size_t indices = 0;  ///< inputs are whole numbers below it; 0: any
};

constexpr Network networks[] = {
    {"2-5-1 sigmoid", 2,
     "{defaults: {activation: sigmoid}, layers: [{type: dense, units: 5}, {type: dense, units: "
     "1}]}"},
    {"4-16-8-3 mish, gelu, softmax", 4,
     "{layers: [{type: dense, units: 16, activation: mish}, {type: layer_norm}, {type: dense, "
     "units: 8, activation: gelu}, {type: dense, units: 3, activation: softmax}]}"},
    {"16-64-64-10 relu", 16,
     "{defaults: {activation: relu}, layers: [{type: dense, units: 64}, {type: dense, units: 64}, "
     "{type: dense, units: 10}]}"},
    {"784-12-10 sigmoid", 784,
     "{defaults: {activation: sigmoid}, layers: [{type: dense, units: 12}, {type: dense, units: "
     "10}]}"},
    {"conv2d 8, pool, conv2d 16 of 8 x 8", 64,
     "{input: [8, 8, 1], layers: [{type: conv2d, filters: 8, kernel_size: 3, padding: same, "
     "activation: relu}, {type: max_pooling2d}, {type: conv2d, filters: 16, kernel_size: 3, "
     "activation: relu}, {type: flatten}, {type: dense, units: 10}]}"},
    {"depthwise and 1 x 1 of 12 x 12 x 8", 1152,
     "{input: [12, 12, 8], layers: [{type: depthwise_conv2d, kernel_size: 3, padding: same}, "
     "{type: batch_norm, activation: relu6}, {type: conv2d, filters: 16, kernel_size: 1, "
     "activation: relu6}, {type: global_average_pooling2d}, {type: dense, units: 10}]}"},
    {"conv2d_transpose 8 to 4 of 4 x 4", 128,
     "{input: [4, 4, 8], layers: [{type: conv2d_transpose, filters: 8, kernel_size: 4, strides: 2, "
     "padding: same, activation: relu}, {type: conv2d_transpose, filters: 4, kernel_size: 3, "
     "strides: 2, padding: same}, {type: flatten}, {type: dense, units: 2}]}"},
    {"conv1d 16 of 32 x 4", 128,
     "{input: [32, 4], layers: [{type: conv1d, filters: 16, kernel_size: 5, padding: causal, "
     "activation: relu}, {type: max_pooling1d}, {type: conv1d, filters: 16, kernel_size: 3, "
     "activation: relu}, {type: global_max_pooling1d}, {type: dense, units: 4}]}"},
    {"lstm 32 of 16 x 4", 64,
     "{input: [16, 4], layers: [{type: lstm, units: 32}, {type: dense, units: 2}]}"},
    {"gru 32 of 16 x 4", 64,
     "{input: [16, 4], layers: [{type: gru, units: 32}, {type: dense, units: 2}]}"},
    {"simple_rnn 32 of 16 x 4", 64,
     "{input: [16, 4], layers: [{type: simple_rnn, units: 32}, {type: dense, units: 2}]}"},
    {"bidirectional lstm 16 of 16 x 4", 64,
     "{input: [16, 4], layers: [{type: bidirectional, layer: lstm, units: 16}, {type: dense, "
     "units: "
     "2}]}"},
    {"embedding 200 x 8 of 16, dense", 16,
     "{input: [16], layers: [{type: embedding, input_dim: 200, output_dim: 8}, {type: flatten}, "
     "{type: dense, units: 32, activation: relu}, {type: dense, units: 2}]}",
     200},
    {"embedding 200 x 8 of 16, gru 16", 16,
     "{input: [16], layers: [{type: embedding, input_dim: 200, output_dim: 8}, {type: gru, units: "
     "16}, {type: dense, units: 2}]}",
     200}};

/// Numbers from 0 to 1, or whole ones, the same in every run.
std::vector<double> made_up(std::size_t n, std::size_t indices) {
  std::vector<double> numbers(n);
  std::uint32_t random = 1;
  for (double& x : numbers) {
    random = random * 1664525 + 1013904223;
    x = indices > 0 ? static_cast<double>((random >> 8) % indices) : (random >> 8) / 16777216.;
  }
  return numbers;
}

/// Returns the network with the numbers that it begins with.
Model begun(const Context& context, const ScratchFolder& scratch, const Network& network,
            const char* dtype) {
  std::string data;
  const std::vector<double> x = made_up(4 * network.inputs, network.indices);
  for (std::size_t i = 0; i < x.size(); ++i)
    data += std::to_string(network.indices > 0 ? std::floor(x[i]) : x[i]) +
            ((i + 1) % network.inputs == 0 ? ",0\n" : ",");
  const std::string target = "x" + std::to_string(network.inputs + 1);
  const auto file = scratch.write("exported.csv", data);
  std::string model = network.model;
  // its outputs are all made to answer the one target, so that any network fits
  model.insert(model.rfind(']'), ", {type: dense, units: 1}");
  auto made = context.train("dtype: " + std::string(dtype) +
                                "\ndata: {type: csv, header: false, path: " + file.string() +
                                ", targets: [" + target + "]}\nmodel: " + model +
                                "\ntrain: {cost: mean_squared_error, epochs: 0}\n",
                            {.config_is_text = true});
  if (!made) throw std::runtime_error(made.failure().text());
  return *made;
}

using Predict = void (*)(const double*, double*);

/// Returns the function of a C file, compiled; it stays loaded.
Predict compiled(const std::string& file, const std::string& to, const std::string& how) {
  const std::string command =
      "cc -std=c99 " + how + " -fPIC -shared " + file + " -o " + to + " -lm";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("cc failed: " + command);
  void* const library = dlopen(to.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* const function = library ? dlsym(library, "net_predict") : nullptr;
  if (!function) throw std::runtime_error(dlerror());
  return reinterpret_cast<Predict>(function);
}

}  // namespace

void exported(const ScratchFolder& scratch, int rounds, Table& table) {
  const Context context;
  std::size_t number = 0;
  std::printf("\none answer: the library, and exported C by cc");
  for (const char* const how : ways) std::printf(" %s,", how);
  std::printf(" in multiples of the library's time\n");
  for (const Network& network : networks)
    for (const char* const dtype : {"float32", "float64"}) {
      const Model model = begun(context, scratch, network, dtype);
      const std::string base = (scratch.path() / ("net" + std::to_string(++number))).string();
      if (const auto done = model.export_to(base + ".c"); !done)
        throw std::runtime_error(done.failure().text());
      const std::size_t in = network.inputs;
      const std::vector<double> x = made_up(rows * in, network.indices);
      std::vector<double> own(rows), theirs(rows * std::size(ways));
      bool done = true;
      // enough calls that the clock is not what is measured
      const std::size_t again = model.info().parameters < 200 ? 64 : 4;
      std::vector<Contender> contenders{
          {"nnrun", [&] {
             return seconds_of([&] {
               for (std::size_t i = 0; i < again; ++i)
                 for (std::size_t r = 0; r < rows; ++r)
                   done &= model.predict({&x[r * in], in}, {&own[r], 1});
             });
           }}};
      for (std::size_t w = 0; w < std::size(ways); ++w) {
        const Predict predict = compiled(base + ".c", base + "_" + std::to_string(w), ways[w]);
        double* const y = &theirs[w * rows];
        contenders.push_back({"exported C, " + std::string(ways[w]), [&, predict, y] {
                                return seconds_of([&] {
                                  for (std::size_t i = 0; i < again; ++i)
                                    for (std::size_t r = 0; r < rows; ++r)
                                      predict(&x[r * in], &y[r]);
                                });
                              }});
      }
      alternate(contenders, rounds);
      if (!done) throw std::runtime_error(Model::last_reason());
      for (std::size_t r = 0; r < theirs.size(); ++r)
        if (theirs[r] != own[r % rows])
          throw std::runtime_error(std::string(network.name) + ": other bits");
      const double each = static_cast<double>(rows * again);
      std::printf("  %-36s %s %5zu parameters %9.1f ns", network.name, dtype,
                  model.info().parameters, contenders[0].best / each * 1e9);
      for (std::size_t w = 1; w < contenders.size(); ++w)
        std::printf("  %9.1f ns x %.2f", contenders[w].best / each * 1e9,
                    contenders[w].best / contenders[0].best);
      std::printf("\n");
      table.add("exported C: " + std::string(network.name) + ", " + dtype, contenders, each, 0);
    }
}

}  // namespace nnrun::bench

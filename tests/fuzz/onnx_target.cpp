#include "exporting/onnx_import.hpp"
#include "fuzz/target.hpp"
namespace nnrun::testing {

void fuzz_onnx(std::string_view input) {
  const host::ReadOnnx file = host::read_onnx(input, "net.onnx");
  const host::ImportedNetwork network = host::imported_network(file, "net.onnx");
  require_promise(!network.layers.empty(), "an imported network has layers");
  for (const host::ImportedBlock& block : network.blocks) {
    std::size_t size = 1;
    for (const std::size_t n : block.shape) size *= n;
    require_promise(block.values.size() == size, "a block has the numbers of its shape");
  }
}

}  // namespace nnrun::testing

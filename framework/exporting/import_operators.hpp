// Operators of ONNX as layers. Each function takes a node, adds what layers it needs, and names
// what the node gives; it throws NoLayer that says why it cannot.
#pragma once
#include "exporting/import_state.hpp"
namespace nnrun::host {

/// Returns whether a node only makes a constant; it is worked out here.
bool fold(ImportState& net, const ReadNode& node);

void import_gemm(ImportState& net, const ReadNode& node);
void import_matmul(ImportState& net, const ReadNode& node);

void import_convolution(ImportState& net, const ReadNode& node);
void import_transposed(ImportState& net, const ReadNode& node);
void import_pooling(ImportState& net, const ReadNode& node);
void import_global_pooling(ImportState& net, const ReadNode& node);
void import_reduction(ImportState& net, const ReadNode& node);
void import_pad(ImportState& net, const ReadNode& node);
void import_resize(ImportState& net, const ReadNode& node);

void import_batch_norm(ImportState& net, const ReadNode& node);
void import_layer_norm(ImportState& net, const ReadNode& node);

void import_flatten(ImportState& net, const ReadNode& node);
void import_reshape(ImportState& net, const ReadNode& node);
void import_squeeze(ImportState& net, const ReadNode& node);
void import_unsqueeze(ImportState& net, const ReadNode& node);
void import_transpose(ImportState& net, const ReadNode& node);
void import_cast(ImportState& net, const ReadNode& node);
void import_dropout(ImportState& net, const ReadNode& node);
void import_same(ImportState& net, const ReadNode& node);

void import_join(ImportState& net, const ReadNode& node);
void import_joins(ImportState& net, const ReadNode& node);
void import_power(ImportState& net, const ReadNode& node);
void import_prelu(ImportState& net, const ReadNode& node);
void import_concat(ImportState& net, const ReadNode& node);

void import_recurrent(ImportState& net, const ReadNode& node);
void import_gather(ImportState& net, const ReadNode& node);
void import_slice(ImportState& net, const ReadNode& node);

void import_softmax(ImportState& net, const ReadNode& node);
void import_activation(ImportState& net, const ReadNode& node);
/// formula: of x, as configs have them.
void import_formula(ImportState& net, const ReadNode& node, std::size_t k,
                    const std::string& formula);

}  // namespace nnrun::host

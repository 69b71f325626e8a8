// Loads another library's training, if it was found when the benchmarks were built.
#pragma once
#include <memory>
#include <string>

#include "networks.hpp"
#include "peers/peer.hpp"
#include "rounds.hpp"
namespace nnrun::bench {

/// Returns the task that a network of dense layers over its own data is.
Task task_of(const Start<float>& start, std::vector<std::size_t> units, std::size_t batch,
             float rate, unsigned threads);

/// Adds a contender whose round is an epoch, where the library is there and has such a task.
void add_peer(std::vector<Contender>& contenders, const std::string& library,
              const std::string& name, const Task& task);

/// The same for a network over images. Returns the mean cost of a first epoch; NaN where the
/// library is not there.
double add_image_peer(std::vector<Contender>& contenders, const std::string& library,
                      const std::string& name, const ImageTask& task);

/// The same for a round of answers to every example.
void add_answering_peer(std::vector<Contender>& contenders, const std::string& library,
                        const std::string& name, const Task& task);

}  // namespace nnrun::bench

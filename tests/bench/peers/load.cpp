#include "peers/load.hpp"

#include <dlfcn.h>
namespace nnrun::bench {

Task task_of(const Start<float>& start, std::vector<std::size_t> units, std::size_t batch,
             float rate, unsigned threads) {
  return {std::move(units),  batch,  rate, start.w, start.train.x.data(), start.train.t.data(),
          start.train.count, threads};
}

namespace {
/// Returns nullptr where the library is not there, or has no such task.
std::shared_ptr<Peer> peer_of(const std::string& library, const Task& task) {
  const std::string file = NNRUN_PEER_FOLDER "/nnrun_peer_" + library + ".so";
  void* const module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return nullptr;
  const auto make = reinterpret_cast<decltype(&nnrun_peer)>(::dlsym(module, "nnrun_peer"));
  return std::shared_ptr<Peer>(make == nullptr ? nullptr : make(task));
}
}  // namespace

void add_peer(std::vector<Contender>& contenders, const std::string& library,
              const std::string& name, const Task& task) {
  if (const auto peer = peer_of(library, task))
    contenders.push_back({name, [peer] { return seconds_of([&] { peer->epoch(); }); }});
}

void add_answering_peer(std::vector<Contender>& contenders, const std::string& library,
                        const std::string& name, const Task& task) {
  if (const auto peer = peer_of(library, task); peer && peer->answer())
    contenders.push_back({name, [peer] { return seconds_of([&] { peer->answer(); }); }});
}

}  // namespace nnrun::bench

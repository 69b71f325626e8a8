#include "peers/load.hpp"

#include <dlfcn.h>
namespace nnrun::bench {

Task task_of(const Start<float>& start, std::vector<std::size_t> units, std::size_t batch,
             float rate, unsigned threads) {
  return {std::move(units),  batch,  rate, start.w, start.train.x.data(), start.train.t.data(),
          start.train.count, threads};
}

void add_peer(std::vector<Contender>& contenders, const std::string& library,
              const std::string& name, const Task& task) {
  const std::string file = NNRUN_PEER_FOLDER "/nnrun_peer_" + library + ".so";
  void* const module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return;
  const auto make = reinterpret_cast<decltype(&nnrun_peer)>(::dlsym(module, "nnrun_peer"));
  const std::shared_ptr<Peer> peer(make == nullptr ? nullptr : make(task));
  if (peer) contenders.push_back({name, [peer] { return seconds_of([&] { peer->epoch(); }); }});
}

}  // namespace nnrun::bench

#include "peers/load.hpp"

#include <dlfcn.h>

#include <limits>
namespace nnrun::bench {

Task task_of(const Start<float>& start, std::vector<std::size_t> units, std::size_t batch,
             float rate, unsigned threads) {
  return {std::move(units),  batch,  rate, start.w, start.train.x.data(), start.train.t.data(),
          start.train.count, threads};
}

namespace {
/// Returns nullptr where the library is not there, or has no such task.
template <class T>
std::shared_ptr<Peer> peer_of(const std::string& library, const T& task, const char* function) {
  const std::string file = NNRUN_PEER_FOLDER "/nnrun_peer_" + library + ".so";
  void* const module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return nullptr;
  const auto make = reinterpret_cast<Peer* (*)(const T&)>(::dlsym(module, function));
  return std::shared_ptr<Peer>(make == nullptr ? nullptr : make(task));
}
std::shared_ptr<Peer> peer_of(const std::string& library, const Task& task) {
  return peer_of(library, task, "nnrun_peer");
}
}  // namespace

void add_peer(std::vector<Contender>& contenders, const std::string& library,
              const std::string& name, const Task& task) {
  if (const auto peer = peer_of(library, task))
    contenders.push_back({name, [peer] { return seconds_of([&] { peer->epoch(); }); }});
}

double add_image_peer(std::vector<Contender>& contenders, const std::string& library,
                      const std::string& name, const ImageTask& task) {
  const auto peer = peer_of(library, task, "nnrun_image_peer");
  if (!peer) return std::numeric_limits<double>::quiet_NaN();
  contenders.push_back({name, [peer] { return seconds_of([&] { peer->epoch(); }); }});
  return peer->epoch() / static_cast<double>(task.n);
}

void add_answering_peer(std::vector<Contender>& contenders, const std::string& library,
                        const std::string& name, const Task& task) {
  if (const auto peer = peer_of(library, task); peer && peer->answer())
    contenders.push_back({name, [peer] { return seconds_of([&] { peer->answer(); }); }});
}

}  // namespace nnrun::bench

#include "config/named_files.hpp"

#include "config/keys.hpp"
#include "config/paths.hpp"
namespace nnrun::host {
namespace {

class FileList {
 public:
  explicit FileList(const Experiment& experiment) : e_(experiment) {}

  std::vector<NamedFile> files() {
    for (const Key& key : keys()) {
      if (key.path == "plugins") add_plugins();
      if (key.path == "model.layers") add_layers();
      if (key.path == "metrics") add_metrics();
      if (key.use) add(std::string(key.path), key.use(e_));
      if (key.shape == Key::Shape::value && key.setting.type == NNRUN_PATH)
        add(std::string(key.path), std::get<std::string>(key.get(e_)), Place());
      if (key.path == "model.weights")
        add(std::string(key.path), e_.model.weights.file.value.string(),
            e_.model.weights.file.place);
    }
    return std::move(files_);
  }

 private:
  void add(std::string key, const std::string& path, const Place& place) {
    if (!path.empty())
      files_.push_back(
          {std::move(key), path, place, place.source && place.source->name == command_line});
  }

  void add(const std::string& key, const Use& use) {
    if (!use) return;
    for (std::size_t i = 0; i < use.settings.size(); ++i)
      if (const nnrun_setting& setting = setting_of(*use.plugin, i); setting.type == NNRUN_PATH)
        add(key + "." + setting.name, std::get<std::string>(use.settings[i]), use.place);
  }

  void add_plugins() {
    for (std::size_t i = 0; i < e_.plugins.size(); ++i)
      add("plugins[" + std::to_string(i) + "]", e_.plugins[i].file.string(), {});
  }

  void add_layers() {
    for (const LayerSpec& layer : e_.model.layers) {
      const std::string path = "model.layers." + layer.name;
      add(path, layer.layer);
      for (const Key* const key : keys_in("model.layers[]"))
        if (key->layer_use) add(path + "." + std::string(key->name()), layer.*key->layer_use);
    }
  }

  void add_metrics() {
    for (const Use& metric : e_.metrics) add("metrics." + metric.plugin->name, metric);
    for (const Use& use : e_.data.augment) add("data.augment." + use.plugin->name, use);
  }

  const Experiment& e_;
  std::vector<NamedFile> files_;
};

}  // namespace

std::vector<NamedFile> named_files(const Experiment& experiment) {
  return FileList(experiment).files();
}

}  // namespace nnrun::host

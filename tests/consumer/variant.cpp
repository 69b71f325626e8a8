// One activation whose object and settings hold what compilers and libraries disagree about.
#include <map>
#include <memory>
#include <nnrun/plugin.hpp>
#include <string>
#include <vector>

struct Base {
  virtual ~Base() = default;
  virtual double scale() const = 0;
};
struct Scale : Base {
  std::map<std::string, std::vector<double>> by_name{{"scale", {1, 2}}};
  double scale() const override { return by_name.at("scale").front(); }
};

struct Variant : nnrun::Activation {
  static constexpr auto name = NAME, doc = "x * sigmoid(x), scaled by 1 in a roundabout way";
  const char* text = "one";
  double factor = 1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Variant::text, "text", "a word"));
  }
  void check() {
    const std::unique_ptr<Base> scale = std::make_unique<Scale>();
    if (std::string(text) == "throw") throw nnrun::Error("'" + std::string(text) + "' is refused");
    factor = scale->scale();
  }
  auto f(auto x) const { return factor * x * sigmoid(x); }
};
NNRUN_REGISTER(Variant)

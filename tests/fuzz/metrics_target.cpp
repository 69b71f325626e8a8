#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "report/curve.hpp"
namespace nnrun::testing {

void fuzz_metrics(std::string_view input) {
  const host::Curve curve = host::read_curve(fuzz_folder().write("metrics.csv", input));
  for (const host::CurveColumn& column : curve)
    require_promise(column.values.size() == curve.front().values.size(),
                    "all columns of a curve are equally long");
  for (const int digits : {0, 4})
    host::to_json(host::thinned(curve, 3), digits)
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace nnrun::testing

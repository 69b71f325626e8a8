#include <cmath>
#include <optional>
#include <sstream>

#include "cli/rows_to_predict.hpp"
#include "fuzz/target.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {

void fuzz_jsonl(std::string_view input) {
  host::DataSpec data;
  data.use = use("dataset", "csv");
  const host::TextSettings text(data);
  const host::Recipe recipe{
      .columns = {{.name = "size", .missing = host::MissingRule::median},
                  {.name = "city", .is_category = true, .texts = {"Bern", "Kiel"}}}};
  const auto rows =
      host::rows_of_json(std::make_unique<std::istringstream>(std::string(input)), "in.jsonl", text,
                         host::InputColumns(recipe, text), {"id", "city"}, "id");
  std::optional<host::DataError> refused;
  while (rows->next()) try {
      const std::span<const double> x = rows->inputs();
      require_promise(x.size() == 2 && !std::isinf(x[0]), "a row has finite numbers or gaps");
      require_promise(x[1] == 0 || x[1] == 1, "a text is one of those that the run knows");
      require_promise(rows->kept().size() == 2, "each key that is kept has a field");
    } catch (const host::DataError& error) {
      refused = error;
    }
  if (refused) throw *refused;
}

}  // namespace nnrun::testing

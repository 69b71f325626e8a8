// The library answers as the program does, from any number of threads.
#include <pthread.h>

#include <cfenv>
#include <set>
#include <thread>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "cli/allocations.hpp"
#include "library_testing.hpp"
namespace nnrun::testing {
namespace {

const std::string example = "5.25,4.5,6.75,3.125";
constexpr std::array numbers{5.25, 4.5, 6.75, 3.125};

/// More than 262,144 multiplications a row: rows run in blocks.
const char* const wide = "{type: dense, units: 520, activation: tanh}, {type: dense, units: 510}";

std::vector<std::vector<double>> answers_in_csv(const TrainedRun& trained, std::size_t columns) {
  const Ended done = run("cut -d, -f1-4 t.csv >x.csv && $nnrun predict r -q --csv x.csv",
                         trained.scratch.folder());
  std::vector<std::vector<double>> rows;
  std::istringstream lines(done.out);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::vector<double>& row = rows.emplace_back();
    for (std::string field; row.size() < columns && std::getline(fields, field, ',');)
      row.push_back(std::stod(field));
  }
  return rows;
}

std::vector<double> inputs_of_table() {
  std::istringstream lines(table(true));
  std::string line;
  std::getline(lines, line);
  std::vector<double> x;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string field;
    for (int i = 0; i < 4 && std::getline(fields, field, ','); ++i) x.push_back(std::stod(field));
  }
  return x;
}

}  // namespace

TEST_CASE("one example gets the bits that nnrun predict prints", "[library]") {
  const std::string dtype = GENERATE(as<std::string>{}, "float32", "float64");
  const bool classes = GENERATE(true, false);
  const std::string layers =
      GENERATE(as<std::string>{}, "{type: dense, units: 7, activation: tanh}", wide);
  const std::string data =
      GENERATE(as<std::string>{}, "scale: standard", "columns: {b: {scale: standard}}",
               "features: [a, b*c, sin(d)]");
  CAPTURE(dtype, classes, layers, data);
  const TrainedRun trained(dtype, classes, layers, data);
  const Context context;
  const Model model = opened(context, trained.folder);
  REQUIRE(model.inputs() == 4);
  REQUIRE(model.outputs() == (classes ? 3 : 1));
  std::vector<double> y(model.outputs());
  REQUIRE(model.predict(numbers, y));
  CHECK(printed(y, dtype) == trained.answer(example));

  const std::array<float, 4> narrow{5.25f, 4.5f, 6.75f, 3.125f};  // exact
  std::vector<float> z(model.outputs());
  REQUIRE(model.predict(narrow, z));
  for (std::size_t i = 0; i < z.size(); ++i) CHECK(z[i] == static_cast<float>(y[i]));
  auto session = model.session(1);
  REQUIRE(session);
  std::vector<double> own(model.outputs());
  REQUIRE(session->predict(numbers, 1, own));
  CHECK(own == y);
  const auto parsed_row = model.parse(example);
  REQUIRE(parsed_row);
  CHECK(std::ranges::equal(*parsed_row, numbers));
}

TEST_CASE("rows get the bits that predict --csv prints, and those that they get alone",
          "[library]") {
  const std::string dtype = GENERATE(as<std::string>{}, "float32", "float64");
  const std::string layers =
      GENERATE(as<std::string>{}, "{type: dense, units: 7, activation: tanh}", wide);
  CAPTURE(dtype, layers);
  const TrainedRun trained(dtype, true, layers);
  const Context context;
  const Model model = opened(context, trained.folder);
  const std::vector<double> x = inputs_of_table();
  const std::size_t rows = x.size() / 4;
  std::vector<double> y(rows * 3), alone(3), together(rows * 3);
  REQUIRE(model.predict_rows(x, y));
  const auto in_csv = answers_in_csv(trained, 3);
  REQUIRE(in_csv.size() == rows);
  auto session = model.session(32);
  REQUIRE(session);
  REQUIRE(session->predict(x, rows, together));
  CHECK_FALSE(session->predict(x, rows + 1, together));  // whose numbers are not there
  CHECK_FALSE(session->predict(x, rows, std::span(together).first(1)));
  for (std::size_t r = 0; r < rows; ++r) {
    const std::vector<double> row(y.begin() + static_cast<std::ptrdiff_t>(3 * r),
                                  y.begin() + static_cast<std::ptrdiff_t>(3 * r + 3));
    CHECK(printed(row, dtype) == in_csv[r]);
    REQUIRE(model.predict(std::span(x).subspan(4 * r, 4), alone));
    CHECK(row == alone);
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(together[3 * r + i] == Approx(row[i]).epsilon(1e-5).margin(1e-6));
  }
  std::vector<double> none;
  CHECK(model.predict_rows(none, none));
}

TEST_CASE("names, shapes and classes are those of the data", "[library]") {
  const TrainedRun trained;
  const Context context;
  const Model model = opened(context, trained.folder);
  const nnrun_info& info = model.info();
  CHECK(info.is_float32 == 1);
  CHECK(info.parameters == 4 * 7 + 7 + 7 * 3 + 3);
  CHECK(info.input_rank == 1);
  CHECK(info.input_shape[0] == 4);
  CHECK(info.output_shape[0] == 3);
  REQUIRE(info.input_name_count == 4);
  CHECK(info.input_names[3] == std::string("d"));
  REQUIRE(info.class_count == 3);
  const std::set<std::string> classes(info.classes, info.classes + 3);
  CHECK(classes == std::set<std::string>{"low", "middle", "high"});
  CHECK(info.name == std::string("net"));
  CHECK(info.notes == std::string());
  CHECK(model.class_of(std::array{0.1, 0.2, 0.7}) == std::string(info.classes[2]));
  CHECK(model.class_of(std::array{0.1, 0.2}) == std::string());
  const double nan = std::numeric_limits<double>::quiet_NaN();  // which means none of them
  CHECK(model.class_of(std::array{nan, 0.2, 0.7}) == std::string());
  CHECK(model.class_of(std::array{0.1, nan, 0.7}) == std::string());
  CHECK(model.result() == std::string());

  nnrun_info short_info{};  // of a program that was built with an earlier header
  short_info.size = offsetof(nnrun_info, input_rank);
  short_info.input_rank = 99;
  nnrun_model* raw = nullptr;
  nnrun_context* raw_context = nullptr;
  REQUIRE(nnrun_context_new(nullptr, &raw_context, nullptr) == NNRUN_OK);
  REQUIRE(nnrun_model_open(raw_context, trained.folder.c_str(), &raw, nullptr) == NNRUN_OK);
  nnrun_context_free(raw_context);  // its models stay
  nnrun_model_info(raw, &short_info);
  CHECK(short_info.outputs == 3);
  CHECK(short_info.input_rank == 99);
  nnrun_model_free(raw);
}

TEST_CASE("texts and gaps of a table are inputs", "[library]") {
  const Scratch scratch;
  std::string csv = "city,size,price\n";
  for (int i = 0; i < 40; ++i)
    csv += std::string(i % 3 == 0 ? "Bern" : "Zug") + "," + (i % 7 == 1 ? "" : std::to_string(i)) +
           "," + std::to_string(3 * i) + "\n";
  scratch.write("h.csv", csv);
  scratch.write("h.yaml",
                "data: {type: csv, path: h.csv, scale: standard, target_scale: standard, columns: "
                "{size: {missing: mean}, city: {unknown: other}}}\nmodel: {layers: [{type: "
                "dense}]}\ntrain: {cost: mean_squared_error, epochs: 2, optimizer: {type: sgd, "
                "learning_rate: 0.01}}\n");
  REQUIRE(run("$nnrun h.yaml -q --out r", scratch.folder()).status == 0);
  const Context context;
  const Model model = opened(context, (scratch / "r").string());
  for (const std::string text : {"Zug,12", "Bern,?", "Rome,3"}) {
    const auto x = model.parse(text);
    if (!x) FAIL(x.failure().text());
    std::array<double, 1> y{};
    REQUIRE(model.predict(*x, y));
    const Ended said = run("$nnrun predict r --json " + text, scratch.folder());
    CHECK(y[0] == parsed(said.out)["predict"][0]["output"][0].get<double>());
  }
  // 2 is any other text; what no row can have is no example
  std::array<double, 1> y{};
  CHECK(model.predict(std::array<double, 2>{2, NAN}, y));
  CHECK(!model.predict(std::array<double, 2>{NAN, 12}, y));
  CHECK(Model::last_reason() ==
        std::string("input 'city' is not finite (the preparation of the data)"));
  for (const double text : {3., -1., 0.5}) {
    CHECK(!model.predict(std::array<double, 2>{text, 12}, y));
    CHECK_THAT(Model::last_reason(), Catch::Contains("its texts are numbered from 0 to 2"));
  }
}

TEST_CASE("a number that the run takes for a missing value is one to a program, too", "[library]") {
  const Scratch scratch;
  std::string csv = "size,built,price\n";
  for (int i = 0; i < 40; ++i)
    csv += (i % 7 == 1   ? "-99.90"
            : i % 7 == 2 ? "-999.0"
                         : std::to_string(i)) +
           std::string(",") + std::to_string(i % 5) + "," + std::to_string(3 * i) + "\n";
  scratch.write("h.csv", csv);
  scratch.write("h.yaml",
                "data: {type: csv, path: h.csv, gaps: [-99.9, -999], columns: {size: {missing: "
                "mean, indicator: true}}}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: "
                "mean_squared_error, optimizer: {type: sgd, learning_rate: 0.0001}}\n");
  REQUIRE(run("$nnrun h.yaml -q --out r", scratch.folder()).status == 0);
  const Context context;
  const Model model = opened(context, (scratch / "r").string());
  const auto answer = [&](const auto& x) {
    std::remove_const_t<std::remove_reference_t<decltype(x[0])>> y{};
    if (!model.predict(x, std::span(&y, 1))) FAIL(Model::last_reason());
    return static_cast<double>(y);
  };
  const double missing = answer(std::array<double, 2>{NAN, 3});
  CHECK(answer(std::array<double, 2>{-999, 3}) == missing);
  CHECK(answer(std::array<double, 2>{-99.9, 3}) == missing);
  CHECK(answer(std::array<float, 2>{-999, 3}) == Approx(missing));
  CHECK(answer(std::array<float, 2>{-99.9f, 3}) == answer(std::array<float, 2>{NAN, 3}));
  CHECK(answer(std::array<double, 2>{-99.5, 3}) != missing);
  double y = 0;
  CHECK(!model.predict(std::array<double, 2>{3, -999}, std::span(&y, 1)));
  CHECK(Model::last_reason() ==
        std::string("input 'built' is -999, which means that it is missing: the run does not fill "
                    "it in (the preparation of the data)"));
}

TEST_CASE("how a thread rounds changes no bit, and stays", "[library]") {
  const std::string dtype = GENERATE(as<std::string>{}, "float32", "float64");
  const TrainedRun trained(dtype, true,
                           "{type: dense, units: 70, activation: tanh}, {type: layer_norm}");
  const std::string config = (trained.scratch / "net.yaml").string();
  const Context context;
  const std::vector<double> x = inputs_of_table();
  const std::size_t rows = x.size() / 4;
  /// Returns what a model answers that is opened and one that is trained, one row and all of them.
  const auto answers = [&] {
    std::vector<double> all;
    const Model model = opened(context, trained.folder);
    const auto again = context.train(config);
    if (!again) FAIL(again.failure().text());
    for (const Model& own : {model, *again}) {
      std::vector<double> y(3), ys(rows * 3);
      REQUIRE(own.predict(std::span(x).first(4), y));
      REQUIRE(own.predict_rows(x, ys));
      all.insert(all.end(), y.begin(), y.end());
      all.insert(all.end(), ys.begin(), ys.end());
    }
    return all;
  };
  const std::vector<double> expected = answers();
  for (const int rounding : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    CAPTURE(rounding);
    REQUIRE(std::fesetround(rounding) == 0);
    const std::vector<double> found = answers();
    CHECK(std::fegetround() == rounding);
    std::fesetround(FE_TONEAREST);
    CHECK(found == expected);
  }
#if defined(__x86_64__)
  constexpr unsigned flushed = 0x8040, happened = 0x3f, divisions = 0x200, invalid = 0x80;
  const unsigned before = _mm_getcsr() & ~happened;
  for (const unsigned mode : {before | flushed, before & ~divisions & ~invalid}) {
    CAPTURE(mode);
    _mm_setcsr(mode);
    const std::vector<double> found = answers();
    CHECK((_mm_getcsr() & ~happened) == mode);
    _mm_setcsr(before);
    CHECK(found == expected);
  }
#endif
}

#ifndef __SANITIZE_ADDRESS__  // which makes frames larger
TEST_CASE("a thread needs little stack to predict", "[library]") {
  const std::string dtype = GENERATE(as<std::string>{}, "float32", "float64");
  const std::string layers = GENERATE(
      as<std::string>{}, wide,
      "{type: dense, units: 48, activation: {formula: \"x * sigmoid(x) + exp(-x * x)\"}}, {type: "
      "reshape, shape: [4, 4, 3]}, {type: conv2d, filters: 5, kernel_size: 3, padding: same}, "
      "{type: "
      "batch_norm}, {type: max_pooling2d}, {type: reshape, shape: [4, 5]}, {type: lstm, units: 6}, "
      "{type: layer_norm}");
  const TrainedRun trained(dtype, true, layers);
  const Context context;
  const Model model = opened(context, trained.folder);
  struct Job {
    const Model* model;
    std::array<double, 3> y{};
    bool done = false;
  };
  std::array<double, 3> expected{};
  REQUIRE(model.predict(numbers, expected));
  std::vector<Job> jobs(64, {&model});
  std::vector<pthread_t> threads(jobs.size());
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, std::size_t{64} << 10) == 0);
  const auto work = [](void* user) -> void* {
    auto& job = *static_cast<Job*>(user);
    for (int i = 0; i < 10; ++i) job.done = job.model->predict(numbers, job.y);
    return nullptr;
  };
  for (std::size_t i = 0; i < jobs.size(); ++i)
    REQUIRE(pthread_create(&threads[i], &attributes, work, &jobs[i]) == 0);
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  for (const Job& job : jobs) CHECK((job.done && job.y == expected));
}
#endif

TEST_CASE("threads that predict at the same time get the answers of one", "[library]") {
  const std::string dtype = GENERATE(as<std::string>{}, "float32", "float64");
  const TrainedRun trained(dtype);
  const Context context;
  const Model model = opened(context, trained.folder);
  const std::vector<double> x = inputs_of_table();
  const std::size_t rows = x.size() / 4;
  std::vector<double> expected(rows * 3);
  REQUIRE(model.predict_rows(x, expected));
  // more than there are workspaces, too
  const std::size_t threads = GENERATE(8u, 100u);
  std::atomic<std::size_t> wrong{0};
  {
    std::vector<std::jthread> running;
    for (std::size_t t = 0; t < threads; ++t)
      running.emplace_back([&, t] {
        std::array<double, 3> y{};
        for (std::size_t i = 0; i < 20000 / threads; ++i) {
          const std::size_t r = (i * 7 + t) % rows;
          const bool done = model.predict(std::span(x).subspan(4 * r, 4), y);
          if (!done || !std::equal(y.begin(), y.end(),
                                   expected.begin() + static_cast<std::ptrdiff_t>(3 * r)))
            ++wrong;
        }
      });
  }
  CHECK(wrong == 0);
}

TEST_CASE("a prediction allocates nothing", "[library]") {
  std::size_t (*const allocations)() = host::count_allocations();
  if (allocations == nullptr) {
    WARN("skipped: allocations cannot be counted here");
    return;
  }
  const std::string layers =
      GENERATE(as<std::string>{}, "{type: dense, units: 7, activation: tanh}", wide);
  const TrainedRun trained("float32", true, layers);
  const Context context;
  const Model model = opened(context, trained.folder);
  const std::vector<double> x = inputs_of_table();
  std::vector<double> y(x.size() / 4 * 3);
  const std::span<const double> first(x.data(), 4);
  const std::span<double> answer(y.data(), 3);
  bool done = model.predict(first, answer) && model.predict_rows(x, y);  // makes the workspace
  const std::size_t before = allocations();
  for (int i = 0; i < 100; ++i) done = done && model.predict(first, answer);
  done = done && model.predict_rows(x, y);
  const std::size_t after = allocations();
  CHECK(done);
  CHECK(after == before);
}

TEST_CASE("inputs that cannot be are an error of this thread alone", "[library]") {
  const TrainedRun trained;
  const Context context;
  const Model model = opened(context, trained.folder);
  std::vector<double> x = inputs_of_table(), y(x.size() / 4 * 3);
  x[6] = NAN;
  CHECK(!model.predict_rows(x, y));
  CHECK(Model::last_reason() == std::string("input 'c' is not finite (row 2)"));
  CHECK(!model.predict(std::array<double, 4>{1, INFINITY, 2, 3}, std::span(y).first(3)));
  CHECK(Model::last_reason() ==
        std::string("input 'b' is not finite (the preparation of the data)"));
  std::string elsewhere = "-";
  std::jthread([&] { elsewhere = Model::last_reason(); }).join();
  CHECK(elsewhere.empty());
  CHECK(!model.predict(std::array{1., 2., 3.}, std::span(y).first(3)));  // one too few
  CHECK(Model::last_reason() == std::string("1 row has 4 inputs and 3 outputs, not 3 and 3"));
  CHECK(!model.predict_rows(std::span(x).first(8), std::span(y).first(5)));
  CHECK(Model::last_reason() == std::string("2 rows have 8 inputs and 6 outputs, not 8 and 5"));
  auto session = model.session(4);
  REQUIRE(session);
  const std::array<float, 4> row{};
  std::array<float, 2> short_answer{};
  CHECK(!session->predict(row, 1, short_answer));
  CHECK(Model::last_reason() == std::string("1 row has 4 inputs and 3 outputs, not 4 and 2"));
  CHECK(model.predict(std::span(x).first(4), std::span(y).first(3)));  // all is well again
  CHECK(nnrun_predict(nullptr, x.data(), y.data()) == NNRUN_USAGE);
  CHECK(nnrun_last_reason() == std::string("model is NULL"));
  const auto wrong = model.parse("1,2,3");
  REQUIRE(!wrong);
  CHECK(wrong.failure().cause() == NNRUN_USAGE);
  CHECK(wrong.failure().problem(0).what ==
        std::string("an example of this model has 4 values, '1,2,3' has 3"));
  CHECK(wrong.failure().problem(0).hint == std::string("a,b,c,d"));
  const auto word = model.parse("1,2,three,4");  // an input, not the call
  REQUIRE(!word);
  CHECK(word.failure().cause() == NNRUN_DATA);
  CHECK(model.parse("1,2,3,4\n"));  // as fgets leaves it
  const auto two = model.parse("1,2,3,4\n5,6,7,8");
  REQUIRE(!two);
  CHECK(two.failure().cause() == NNRUN_DATA);
  CHECK(two.failure().problem(0).what ==
        std::string("an example is one row, and there is another one after a line break"));
  CHECK(two.failure().problem(0).where == std::string("'1,2,3,4 5,6,7,8'"));
  const auto short_ones = model.parse("1,2\n3,4");
  REQUIRE(!short_ones);
  CHECK(short_ones.failure().problem(0).what == std::string(two.failure().problem(0).what));
}

}  // namespace nnrun::testing

// The page's address, asked by raw bytes: who is refused, what is told, and what a run records.
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "serving/served.hpp"
#include "support/example_data.hpp"
#include "support/published_data.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::StartsWith;
using nlohmann::json;

/// A plane of two inputs: quick to train, slow enough to be seen.
void write_plane(const Scratch& scratch, const std::string& train = "epochs: 40") {
  std::string table = "a,b,t\n";
  for (int i = 0; i < 80; ++i) {
    const int a = i * 37 % 80 - 40, b = i * 53 % 80 - 40;
    table += std::to_string(a) + "," + std::to_string(b) + "," + (a > b ? "1" : "-1") + "\n";
  }
  scratch.write("plane.csv", table);
  scratch.write("plane.yaml",
                "name: plane\ndata: {type: csv, path: plane.csv, targets: [t], scale: standard, "
                "split: {test: 0.25}}\n"
                "model: {input: 2, defaults: {activation: tanh}, layers: [{type: dense, units: 3}, "
                "{type: dense, units: 1}]}\n"
                "train: {cost: half_squared_error, batch_size: 5, optimizer: {type: sgd, "
                "learning_rate: 0.05}, " +
                    train + "}\npredict: [[-12, 7], [20, -3]]\n");
}

json record_in(const fs::path& folder) {
  return parsed(text_of(folder / "run.json"));
}

std::string sha_of_plain_run(const Scratch& scratch) {
  const Ended plain = run("$nnrun -q --json plane.yaml --out plain", scratch.folder());
  INFO(plain.err);
  REQUIRE(plain.status == 0);
  return parsed(plain.out)["weights_sha256"];
}

std::string post(const Served& served, const std::string& headers, const std::string& body) {
  return "POST " + served.root() + "command HTTP/1.1\r\n" + headers + "\r\n" + body;
}

TEST_CASE("requests that no page of the run sends are refused before their body is read") {
  const Scratch scratch;
  write_plane(scratch);
  const Served served("plane.yaml --out r", scratch.folder());
  const std::string host = "Host: " + served.host() + "\r\n",
                    type = "Content-Type: application/json\r\n", five = "Content-Length: 5\r\n",
                    get = "GET " + served.root() + " HTTP/1.1\r\n", close = "Connection: close\r\n";
  const auto status = [&](const std::string& bytes) { return status_of(served.answer(bytes)); };

  CHECK(status(get + host + close + "\r\n") == 200);
  CHECK(status("HEAD " + served.root() + " HTTP/1.1\r\n" + host + close + "\r\n") == 200);
  // nobody listens then: it ends, and has no body
  const std::string head =
      served.answer("HEAD " + served.root() + "events HTTP/1.1\r\n" + host + close + "\r\n");
  CHECK(status_of(head) == 200);
  CHECK_THAT(head,
             Catch::Contains("Content-Type: text/event-stream\r\n") && Catch::EndsWith("\r\n\r\n"));
  const std::string whole = served.answer("HEAD " + served.root() + " HTTP/1.1\r\n" + host + close +
                                          "\r\n"),
                    page = served.answer(get + host + close + "\r\n");
  CHECK_THAT(whole, Catch::EndsWith("\r\n\r\n"));
  const auto length_in = [](const std::string& answer) {
    const std::size_t at = answer.find("Content-Length: ");
    return answer.substr(at, answer.find('\r', at) - at);
  };
  CHECK(length_in(whole).size() > 17);
  CHECK(length_in(whole) == length_in(page));
  CHECK(status(get + "\r\n") == 403);
  CHECK(status(get + host + host + "\r\n") == 403);
  CHECK(status(get + "Host: localhost:" + std::to_string(served.port()) + "\r\n\r\n") == 403);
  CHECK(status(get + "Host: evil.example\r\n\r\n") == 403);
  CHECK(status(get + host + "Origin: http://evil.example\r\n\r\n") == 403);
  CHECK(status(get + host + "Origin: null\r\n\r\n") == 403);
  CHECK(status(get + host + "Origin: http://" + served.host() + "\r\n" + close + "\r\n") == 200);
  CHECK(status("GET / HTTP/1.1\r\n" + host + "\r\n") == 404);
  std::string wrong = served.root();
  wrong[5] = wrong[5] == 'a' ? 'b' : 'a';
  CHECK(status("GET " + wrong + " HTTP/1.1\r\n" + host + "\r\n") == 404);
  CHECK(status("GET " + served.root() + "../../etc/passwd HTTP/1.1\r\n" + host + close + "\r\n") ==
        404);
  CHECK(status("GET " + served.root() + "plane.yaml HTTP/1.1\r\n" + host + close + "\r\n") == 404);
  CHECK(status(get + host + five + "\r\nhello") == 411);
  const std::string deleted =
      served.answer("DELETE " + served.root() + " HTTP/1.1\r\n" + host + "\r\n");
  CHECK(status_of(deleted) == 405);
  CHECK_THAT(deleted, Catch::Contains("\r\nAllow: GET, HEAD, POST\r\n"));
  CHECK(status(post(served, host + type, "")) == 411);
  CHECK(status(post(served, host + type + five + five, "hello")) == 411);
  CHECK(status(post(served, host + type + "Content-Length: 65537\r\n", "")) == 413);
  CHECK(status(post(served, host + type + "Content-Length: -1\r\n", "")) == 413);
  CHECK(status(post(served, host + five, "hello")) == 415);
  CHECK(status(post(served, host + "Content-Type: text/plain\r\n" + five, "hello")) == 415);
  CHECK(status(post(served, host + type + "Transfer-Encoding: chunked\r\n", "")) == 411);
  std::string chunks;
  for (int i = 0; i < 40; ++i) chunks += "1000\r\n" + std::string(4096, 'x') + "\r\n";
  CHECK(status(post(served, host + type + "Transfer-Encoding: chunked\r\n", chunks)) == 411);
}

TEST_CASE("what is no command is refused with a sentence") {
  const Scratch scratch;
  write_plane(scratch);
  const Served served("plane.yaml --out r", scratch.folder());
  for (const char* const wrong :
       {"", "[]", "{\"do\": 1}", "{\"do\": \"fly\"}", "{\"do\": \"step\", \"steps\": 0}",
        "{\"do\": \"step\", \"steps\": 1.5}", "{\"do\": \"back\"}",
        "{\"do\": \"back\", \"step\": -1}", "{\"do\": \"speed\", \"epochs_per_second\": \"x\"}",
        "{\"do\": \"play\", \"x\": 1}"}) {
    INFO(wrong);
    CHECK(served.command(wrong) == 400);
  }
  const auto said = [&](const std::string& body) {
    const std::string headers = "Host: " + served.host() +
                                "\r\nContent-Type: application/json\r\nContent-Length: " +
                                std::to_string(body.size()) + "\r\n",
                      answer = served.answer(post(served, headers, body));
    return answer.substr(answer.find("\r\n\r\n") + 4);
  };
  CHECK_THAT(said(R"({"do": "step", "steps": 0})"),
             StartsWith("'steps' is not a whole number from 1 to 1000000000;"));
  CHECK_THAT(said(R"({"do": "speed", "epochs_per_second": -1})"),
             StartsWith("'epochs_per_second' is not a number from 0 to 1000000"));
  CHECK_THAT(said(R"({"do": "weight", "block": "w", "index": [0], "value": "1"})"),
             StartsWith("'value' is not a number"));
  CHECK(served.command("{\"do\": \"pause\"}") == 204);
}

TEST_CASE("the page is one file whose policy names its own script and style") {
  const Scratch scratch;
  write_plane(scratch);
  const Served served("plane.yaml --out r", scratch.folder());
  const std::string page =
      served.answer("GET " + served.root() + " HTTP/1.1\r\nHost: " + served.host() +
                    "\r\nConnection: close\r\n\r\n");
  for (const char* const part :
       {"\r\nContent-Security-Policy: default-src 'none'; script-src 'sha256-",
        "frame-ancestors 'none'", "\r\nCache-Control: no-store", "\r\nReferrer-Policy: no-referrer",
        "\r\nX-Content-Type-Options: nosniff", "<meta http-equiv=\"Content-Security-Policy\""})
    CHECK(page.find(part) != page.npos);
  CHECK(page.find("src=\"") == page.npos);
}

TEST_CASE("a run that is looked at, paused and played gives the bits of a run that is not") {
  const Scratch scratch;
  write_plane(scratch);
  const std::string plain = sha_of_plain_run(scratch);
  Served served("-q plane.yaml --out r", scratch.folder());
  EventReader one(served), two(served);
  std::mt19937 chance(7);
  for (int i = 0; i < 40; ++i) {
    const unsigned speed = 1u << chance() % 10;
    REQUIRE(served.command("{\"do\": \"speed\", \"epochs_per_second\": " + std::to_string(speed) +
                           "}") == 204);
    REQUIRE(served.command("{\"do\": \"play\"}") == 204);
    if (chance() % 2 == 0) REQUIRE(served.command("{\"do\": \"pause\"}") == 204);
    if (chance() % 3 == 0) REQUIRE(served.command("{\"do\": \"step\", \"steps\": 3}") == 204);
    if (chance() % 3 == 0) REQUIRE(served.command("{\"do\": \"epoch\"}") == 204);
    if (chance() % 5 == 0)
      REQUIRE(served.command("{\"do\": \"back\", \"step\": " + std::to_string(chance() % 200) +
                             "}") == 204);
    if (chance() % 9 == 0) REQUIRE(served.command("{\"do\": \"again\"}") == 204);
  }
  REQUIRE(served.command("{\"do\": \"speed\", \"epochs_per_second\": 0}") == 204);
  REQUIRE(served.command("{\"do\": \"play\"}") == 204);
  const auto is_over = [](const json& frame) { return frame["over"].get<bool>(); };
  CHECK(one.frame(is_over)["step"] == 480);
  CHECK(two.frame(is_over)["step"] == 480);
  CHECK(served.interrupt().first == 0);
  CHECK(record_in(scratch / "r")["status"] == "done");
  CHECK(record_in(scratch / "r")["result"]["weights_sha256"] == plain);
  // seconds differ, nothing else
  const auto rows = [&](const std::string& run) {
    std::vector<std::string> lines;
    std::istringstream text(text_of(scratch / (run + "/metrics.csv")));
    for (std::string line; std::getline(text, line);) {
      std::vector<std::string> cells;
      std::istringstream row(line);
      for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
      cells.erase(cells.begin() + 3);
      lines.emplace_back();
      for (const std::string& cell : cells) lines.back() += cell + ",";
    }
    return lines;
  };
  CHECK(rows("r") == rows("plain"));
}

TEST_CASE("back is exact, and steps lead on from there to the same numbers") {
  const Scratch scratch;
  write_plane(scratch);
  const Served served("plane.yaml --out r", scratch.folder());
  EventReader events(served);
  const auto at = [&](std::uint64_t step) {
    return events.frame(
        [&](const json& f) { return f["step"] == step && !f["playing"].get<bool>(); });
  };
  const json start = at(0);
  REQUIRE(served.command("{\"do\": \"step\", \"steps\": 7}") == 204);
  const json seven = at(7);
  CHECK(seven["parameters"] != start["parameters"]);
  REQUIRE(served.command("{\"do\": \"step\", \"steps\": 100}") == 204);
  const json later = at(107);
  REQUIRE(served.command("{\"do\": \"back\", \"step\": 106}") == 204);
  CHECK(at(106)["parameters"] != later["parameters"]);
  REQUIRE(served.command("{\"do\": \"step\"}") == 204);
  CHECK(at(107)["parameters"] == later["parameters"]);
  REQUIRE(served.command("{\"do\": \"back\", \"step\": 7}") == 204);
  CHECK(at(7)["parameters"] == seven["parameters"]);
  REQUIRE(served.command("{\"do\": \"epoch\"}") == 204);
  CHECK(at(12)["epochs"] == 1);
  REQUIRE(served.command("{\"do\": \"again\"}") == 204);
  CHECK(at(0)["parameters"] == start["parameters"]);
}

TEST_CASE("the picture of the plane is what predict answers there") {
  const Scratch scratch;
  write_plane(scratch);
  Served served("-q plane.yaml --out r", scratch.folder());
  EventReader events(served);
  const json hello = events.next("hello");
  REQUIRE(served.command("{\"do\": \"speed\", \"epochs_per_second\": 0}") == 204);
  REQUIRE(served.command("{\"do\": \"play\"}") == 204);
  const json frame = events.frame([](const json& f) {
    return f["over"].get<bool>() && f["output"].get_ref<const std::string&>().size() > 20000;
  });
  REQUIRE(served.interrupt().first == 0);
  const auto cells = bytes_of(frame["output"]);
  REQUIRE(cells.size() == 192 * 192);
  for (const std::size_t at : {0u, 191u, 5000u, 18432u, 36863u}) {
    const auto along = [&](const char* axis, double share) {
      const json& a = hello["plane"][axis];
      return a["low"].get<double>() + share * (a["high"].get<double>() - a["low"].get<double>());
    };
    const double x = along("x", (static_cast<double>(at % 192) + 0.5) / 192),
                 y = along("y", 1 - (static_cast<double>(at / 192) + 0.5) / 192);
    const Ended said =
        run("$nnrun predict --json r " + json(x).dump() + "," + json(y).dump(), scratch.folder());
    INFO(said.err);
    REQUIRE(said.status == 0);
    const double answer = parsed(said.out)["predict"][0]["output"][0];
    CHECK(std::abs(cells[at] - (127.5 + 127.5 * answer)) <= 0.51);
  }
  const auto raw = bytes_of(frame["parameters"]);
  CHECK(raw.size() == 4 * (6 + 3 + 3 + 1));
}

TEST_CASE("the picture over two columns of a table is what predict answers in its middle") {
  const Scratch scratch;
  std::string table = "a,b,town,c,t\n";
  for (int i = 0; i < 80; ++i) {
    const int a = i * 37 % 80 - 40, b = i * 53 % 80 - 40;
    table += std::to_string(a) + "," + std::to_string(b) + "," + (i % 9 == 0 ? "Ur" : "Uz") + "," +
             (i == 0 ? "7" : "5") + "," + std::to_string(a - 3 * b) + "\n";
  }
  scratch.write("t.csv", table);
  scratch.write("t.yaml",
                "data: {type: csv, path: t.csv, targets: [t], scale: standard, target_scale: "
                "standard, columns: {town: category}}\nmodel: {layers: [{type: dense, units: 30, "
                "activation: tanh}, {type: dense, units: 1}]}\ntrain: {cost: half_squared_error, "
                "epochs: 3, batch_size: 5, optimizer: {type: sgd, learning_rate: 0.05}}\n");
  Served served("-q t.yaml --out r", scratch.folder());
  {
    EventReader events(served);
    CHECK(events.next("hello")["plane"]["columns"] == json{"a", "b", "c"});
  }
  CHECK(served.command(R"({"do": "plane", "x": "b", "y": "town"})") == 422);
  CHECK(served.command(R"({"do": "plane", "x": "b", "y": "b"})") == 422);
  CHECK(served.command(R"({"do": "plane", "x": "b", "y": "x"})") == 422);
  CHECK(served.command(R"({"do": "plane", "x": "b"})") == 400);
  REQUIRE(served.command(R"({"do": "plane", "x": "b", "y": "a"})") == 204);
  REQUIRE(served.command(R"({"do": "speed", "epochs_per_second": 0})") == 204);
  REQUIRE(served.command(R"({"do": "play"})") == 204);
  EventReader events(served);
  const json frame = events.frame([](const json& f) {
    return f["over"].get<bool>() && f["output"].get_ref<const std::string&>().size() > 20000;
  });
  const json hello = EventReader(served).next("hello");
  REQUIRE(hello["plane"]["y"]["name"] == "a");
  REQUIRE(served.interrupt().first == 0);
  const auto cells = bytes_of(frame["output"]);
  REQUIRE(cells.size() == 192 * 192);
  const double low = hello["output"]["low_in_units"], high = hello["output"]["high_in_units"];
  for (const std::size_t at : {0u, 191u, 5000u, 18432u, 36863u}) {
    const auto along = [&](const char* axis, double share) {
      const json& a = hello["plane"][axis];
      return a["low"].get<double>() + share * (a["high"].get<double>() - a["low"].get<double>());
    };
    const double b = along("x", (static_cast<double>(at % 192) + 0.5) / 192),
                 a = along("y", 1 - (static_cast<double>(at / 192) + 0.5) / 192);
    const Ended said =
        run("$nnrun predict --json r " + json(a).dump() + "," + json(b).dump() + ",Uz,5",
            scratch.folder());
    INFO(said.err);
    REQUIRE(said.status == 0);
    const double answer = parsed(said.out)["predict"][0]["output"][0];
    CHECK(std::abs(cells[at] - std::clamp(255 * (answer - low) / (high - low), 0., 255.)) <= 0.6);
  }
}

std::vector<float> floats_of(const json& base64) {
  const auto bytes = bytes_of(base64);
  std::vector<float> numbers(bytes.size() / sizeof(float));
  std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(float));
  return numbers;
}
/// Where a share of the way along an axis of the plane lies.
double along(const json& axis, double share) {
  const double low = axis["low"], high = axis["high"];
  return low + share * (high - low);
}
/// The places of the table, from the upper left: x, y.
std::vector<std::pair<double, double>> places_of_table(const json& plane) {
  std::vector<std::pair<double, double>> places;
  for (const double up : {0.9, 0.7, 0.5, 0.3, 0.1})
    for (const double right : {0.1, 0.3, 0.5, 0.7, 0.9})
      places.emplace_back(along(plane["x"], right), along(plane["y"], up));
  return places;
}

/// A run of a table with a = 7 i mod 61 - 30, b = 11 i mod 59 - 29, that was trained to its end on
/// a page, and what the page was told last.
struct Trained {
  /// columns: of a row, after a and b.
  Trained(const std::string& names, auto columns, const std::string& data,
          const std::string& layers, const std::string& train, const std::string& more = "") {
    std::string table = "a,b," + names + "\n";
    for (int i = 0; i < 300; ++i) {
      const int a = 7 * i % 61 - 30, b = 11 * i % 59 - 29;
      table += std::to_string(a) + "," + std::to_string(b) + "," + columns(a, b) + "\n";
    }
    scratch.write("t.csv", table);
    scratch.write("t.yaml", "data: {type: csv, path: t.csv, scale: standard, split: {test: 0.2}, " +
                                data + "}\nmodel: {layers: [" + layers + "]}\ntrain: {" + train +
                                "}\n" + more);
    Served served("-q t.yaml --out r", scratch.folder());
    EventReader events(served);
    hello = events.next("hello");
    points = events.next("points");
    REQUIRE(served.command(R"({"do": "speed", "epochs_per_second": 0})") == 204);
    REQUIRE(served.command(R"({"do": "play"})") == 204);
    frame = events.frame([](const json& f) {
      return f["over"].get<bool>() && f["output"].get_ref<const std::string&>().size() > 20000;
    });
    // once there is another picture, the answers of the one before have been told, too
    REQUIRE(served.command(R"({"do": "pause"})") == 204);
    events.next("frame");
    if (hello["plane"].contains("columns")) answers = EventReader(served).next("answers");
    REQUIRE(served.interrupt().first == 0);
  }
  json predicted(double x, double y, const std::string& rest = "") const {
    const Ended said =
        run("$nnrun predict --json r " + json(x).dump() + "," + json(y).dump() + rest,
            scratch.folder());
    INFO(said.err);
    REQUIRE(said.status == 0);
    return parsed(said.out)["predict"][0];
  }

  Scratch scratch;
  json hello, points, frame, answers;
};

TEST_CASE("classes in order are drawn as the classes that predict answers") {
  const std::string level = GENERATE("", "c");  // of two inputs, and of a table of three
  const auto kind = [&](int a, int b) {
    const std::string grade = a + b < -15 ? "low" : a + b < 15 ? "mid" : "high";
    return (level.empty() ? "" : std::to_string(a * b % 3) + ",") + grade;
  };
  const Trained run(
      (level.empty() ? "" : level + ",") + "grade", kind,
      "targets: [grade], order: [low, mid, high]",
      "{type: dense, units: 6, activation: tanh}, {type: dense, units: 2, "
      "activation: sigmoid}",
      "cost: binary_cross_entropy, epochs: 60, batch_size: 5, optimizer: {type: adam, "
      "learning_rate: 0.02}",
      "metrics: [accuracy]\n");
  CHECK(run.hello["classes"] == json{"low", "mid", "high"});
  CHECK(run.hello["ordered"] == true);
  CHECK(run.hello["output"]["is_class"] == true);
  std::map<std::string, std::size_t> seen;
  for (const json& point : run.points) {
    const double a = std::round(point[0].get<double>()), b = std::round(point[1].get<double>());
    const int is = a + b < -15 ? 0 : a + b < 15 ? 1 : 2;
    CHECK(point[2] == is);
    ++seen[point[2].dump()];
  }
  CHECK(seen.size() == 3);
  const auto cells = bytes_of(run.frame["output"]);
  for (const auto cell : std::array<unsigned char, 3>{0, 1, 2})
    CHECK(std::ranges::count(cells, cell) > 1000);
  if (!level.empty()) {
    const json record = record_in(run.scratch / "r");
    CHECK(run.answers["right"].get<double>() / run.answers["answers"].get<double>() ==
          Approx(record["result"]["test"]["accuracy"].get<double>()));
    CHECK(run.answers["confusion"][2][2] > 5);
    return;
  }
  const std::size_t width = 6 + 2 + 1;
  const std::vector<float> table = floats_of(run.frame["table"]);
  REQUIRE(table.size() == 25 * width);
  std::size_t at = 0;
  for (const auto& [x, y] : places_of_table(run.hello["plane"])) {
    const auto index = static_cast<std::size_t>(table[at++ * width + width - 1]);
    CHECK(run.hello["classes"][index] == run.predicted(x, y)["class"]);
  }
}

TEST_CASE("numbers of the plane are those of predict, also where colours end") {
  // a wide margin: scores far beyond -1 and 1
  const Trained run(
      "y", [](int a, int b) { return std::string(a > b ? "1" : "-1"); }, "targets: [y]",
      "{type: dense, units: 1}",
      "cost: hinge, epochs: 30, batch_size: 5, optimizer: {type: sgd, "
      "learning_rate: 0.1}");
  CHECK(run.frame["beyond"] == json{true, true});
  const std::vector<float> table = floats_of(run.frame["table"]),
                           numbers = floats_of(run.frame["numbers"]);
  REQUIRE(table.size() == 25 * 2);
  REQUIRE(numbers.size() == 96 * 96);
  std::size_t at = 0;
  for (const auto& [x, y] : places_of_table(run.hello["plane"])) {
    const double said = run.predicted(x, y)["output"][0];
    CHECK(table[2 * at + 1] == Approx(said).margin(1e-5));
    CHECK(table[2 * at] == Approx(said).margin(1e-5));  // of the unit that it comes from
    ++at;
  }
  CHECK(std::abs(table[1]) > 2);
  for (const std::size_t i : {0u, 95u, 4000u, 9215u}) {
    const double x = along(run.hello["plane"]["x"], (2. * static_cast<double>(i % 96) + 0.5) / 192),
                 y = along(run.hello["plane"]["y"],
                           1 - (2. * static_cast<double>(i / 96) + 0.5) / 192);
    CHECK(numbers[i] == Approx(run.predicted(x, y)["output"][0].get<double>()).margin(1e-5));
  }
}

TEST_CASE("of several numbers, the plane shows the first") {
  const Trained run(
      "u,v", [](int a, int b) { return std::to_string(100 + a) + "," + std::to_string(-b); },
      "targets: [u, v], target_scale: standard", "{type: dense, units: 2}",
      "cost: mean_squared_error, epochs: 20, batch_size: 5, optimizer: {type: sgd, learning_rate: "
      "0.1}");
  CHECK(run.hello["output"]["is_class"] == false);
  CHECK(run.hello["targets"] == json{"u", "v"});
  CHECK_FALSE(run.frame.contains("certain"));
  const std::vector<float> table = floats_of(run.frame["table"]);
  REQUIRE(table.size() == 25 * 3);
  std::size_t at = 0;
  for (const auto& [x, y] : places_of_table(run.hello["plane"])) {
    const json said = run.predicted(x, y);
    CHECK(table[3 * at++ + 2] == Approx(said["output"][0].get<double>()).epsilon(1e-5));
  }
  // points have the colour of the same number: high to the right
  double right = 0, left = 0;
  for (const json& point : run.points)
    (point[0].get<double>() > 0 ? right : left) += point[2].get<double>();
  CHECK(right > 0);
  CHECK(left < 0);
}

TEST_CASE("an interrupt ends it, with streams open and half requests, and the record is whole") {
  const Scratch scratch;
  write_plane(scratch, "epochs: 100000");
  Served served("plane.yaml --out r", scratch.folder());
  std::vector<Wire> open;
  for (int i = 0; i < 10; ++i)
    open.push_back(served.listen());  // ten that never read; two too many
  for (int i = 0; i < 5; ++i) {
    open.emplace_back(served.port()).send("POST " + served.root() + "command HTT");
    open.emplace_back(served.port()).send("GET / HTTP/1.1\r\nHost: ");
    open.emplace_back(served.port());
  }
  EventReader events(served);  // waits until one of the slow ones is dropped
  REQUIRE(served.command("{\"do\": \"play\"}") == 204);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto [status, seconds] = served.interrupt();
  CHECK(status == 130);
  std::printf("figure: %.2f s from an interrupt to the end, with pages open\n", seconds);
  const json record = record_in(scratch / "r");
  CHECK(record["status"] == "interrupted");
  CHECK(record["result"]["steps"] > 0);
  CHECK(fs::exists(scratch / "r/report.html"));
  const Ended on = run("$nnrun train -q --resume r --set train.epochs=60", scratch.folder());
  INFO(on.err);
  CHECK(on.status == 0);
}

TEST_CASE("a run with checkpoints waits at its end, and records its end after a look back") {
  const Scratch scratch;
  write_plane(scratch, "epochs: 40, checkpoint: {every: 5 epochs, best: train.cost}");
  const std::string plain = sha_of_plain_run(scratch);
  Served served("-q plane.yaml --out r", scratch.folder());
  EventReader events(served);
  REQUIRE(served.command("{\"do\": \"speed\", \"epochs_per_second\": 0}") == 204);
  REQUIRE(served.command("{\"do\": \"play\"}") == 204);
  events.frame([](const json& f) { return f["over"].get<bool>(); });

  // nothing is left to make, so nothing is awaited
  REQUIRE(served.command("{\"do\": \"back\", \"step\": 10000}") == 204);
  REQUIRE(served.command("{\"do\": \"speed\", \"epochs_per_second\": 7}") == 204);
  const json late = events.frame([](const json& f) { return f["speed"] == 7; });
  CHECK(late["step"] == 480);
  CHECK_FALSE(late["playing"].get<bool>());

  REQUIRE(served.command("{\"do\": \"back\", \"step\": 101}") == 204);
  const json back = events.frame([](const json& f) { return f["step"] == 101; });
  CHECK(back["furthest"] == 480);
  REQUIRE(served.command("{\"do\": \"step\", \"steps\": 30}") == 204);
  events.frame([](const json& f) { return f["step"] == 131; });
  CHECK(served.interrupt().first == 0);
  const json record = record_in(scratch / "r");
  CHECK(record["status"] == "done");
  CHECK(record["result"]["steps"] == 480);
  CHECK(record["result"]["weights_sha256"] == plain);
  const auto names = [&](const char* run) {
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(scratch / run / "checkpoints"))
      files.insert(entry.path().filename().string());
    return files;
  };
  CHECK(names("r") == names("plain"));
}

TEST_CASE("an interrupt after a look back records the furthest step") {
  const Scratch scratch;
  write_plane(scratch, "epochs: 100000");
  Served served("-q plane.yaml --out r", scratch.folder());
  EventReader events(served);
  REQUIRE(served.command("{\"do\": \"step\", \"steps\": 107}") == 204);
  const auto at = [&](std::uint64_t step) {
    events.frame([&](const json& f) { return f["step"] == step && !f["playing"].get<bool>(); });
  };
  at(107);
  REQUIRE(served.command("{\"do\": \"back\", \"step\": 50}") == 204);
  at(50);
  CHECK(served.interrupt().first == 130);
  CHECK(record_in(scratch / "r")["result"]["steps"] == 107);
}

TEST_CASE("an interrupt does not wait for a request that comes a byte at a time") {
  const Scratch scratch;
  write_plane(scratch);
  Served served("plane.yaml --out r", scratch.folder());
  const Wire body(served.port()), line(served.port());
  body.send(post(
      served,
      "Host: " + served.host() + "\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n",
      ""));
  std::atomic<bool> is_over = false, was_waited_for = false;
  std::thread drips([&] {
    for (int i = 0; i < 150 && !is_over; ++i) {
      body.send(" ");
      line.send("G");
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    was_waited_for = !is_over;
  });
  const int status = served.interrupt().first;
  is_over = true;
  drips.join();
  CHECK(status == 130);
  CHECK_FALSE(was_waited_for);
}

TEST_CASE("the picture of a large network has fewer cells") {
  const Scratch scratch;
  write_plane(scratch);
  Served served(
      "-q plane.yaml --out r --set 'model.layers=[{type: dense, units: 400}, {type: dense, units: "
      "400}, {type: dense, units: 1}]'",
      scratch.folder());
  EventReader events(served);
  CHECK(bytes_of(events.next("frame")["output"]).size() == 48 * 48);
  CHECK(served.interrupt().first == 130);
}

TEST_CASE("a port that is in use is told, and leaves no run") {
  const Scratch scratch;
  write_plane(scratch);
  const Served served("plane.yaml --out r", scratch.folder());
  const Ended second = run(
      "$nnrun serve plane.yaml --out s --port " + std::to_string(served.port()), scratch.folder());
  CHECK(second.status == 2);
  CHECK(second.err == "error: port " + std::to_string(served.port()) +
                          " cannot be had: it is in use\n   = help: --port 0 takes a free one\n");
  CHECK_FALSE(fs::exists(scratch / "s"));
}

TEST_CASE("a run that diverges says so on the page, and goes on from before") {
  const Scratch scratch;
  write_plane(scratch, "epochs: 50, gradient: backprop");
  Served served(
      "plane.yaml --out r --set model.defaults.activation=identity --set "
      "train.optimizer.learning_rate=1e150",
      scratch.folder());
  EventReader events(served);
  REQUIRE(served.command("{\"do\": \"play\"}") == 204);
  const json stuck =
      events.frame([](const json& f) { return !f["said"].get_ref<const std::string&>().empty(); });
  CHECK_FALSE(stuck["playing"].get<bool>());
  REQUIRE(served.command("{\"do\": \"again\"}") == 204);
  const json again =
      events.frame([](const json& f) { return f["said"].get_ref<const std::string&>().empty(); });
  CHECK(again["step"] == 0);
  CHECK(served.interrupt().first == 130);
}

TEST_CASE("classes are told as a confusion matrix, numbers as pairs") {
  const Scratch scratch;
  std::string table = "a,b,c,kind,size\n";
  for (int i = 0; i < 60; ++i)
    table += std::to_string(i % 7) + "," + std::to_string(i % 5) + "," + std::to_string(i % 3) +
             "," + "xyz"[i % 3] + "," + std::to_string(100 + 10 * (i % 7)) + "\n";
  scratch.write("t.csv", table);
  const auto config = [&](const std::string& target, const std::string& unused, int units,
                          const std::string& activation, const std::string& cost) {
    scratch.write(target + ".yaml",
                  "data: {type: csv, path: t.csv, targets: [" + target +
                      "], scale: standard, columns: {" + unused +
                      ": unused}, split: {test: 0.2}}\nmodel: {input: 3, layers: [{type: dense, "
                      "units: 20, activation: tanh}, {type: dense, units: " +
                      std::to_string(units) + ", activation: " + activation +
                      "}]}\ntrain: {cost: " + cost +
                      ", epochs: 60, batch_size: 4, optimizer: adam}\n");
  };
  config("kind", "size", 3, "softmax", "cross_entropy");
  config("size", "kind", 1, "identity", "half_squared_error");
  {
    const Served served("kind.yaml --out r", scratch.folder());
    EventReader events(served);
    const json hello = events.next("hello"), answers = events.next("answers");
    CHECK(hello["layers"][0]["units"] == 0);  // too many to be drawn: a block
    CHECK(hello["layers"][1]["units"] == 3);
    int all = 0;
    for (const json& row : answers["confusion"])
      for (const json& count : row) all += count.get<int>();
    CHECK(all == 12);
    CHECK(answers["part"] == "test");
    // of a block: what it says, from -1 to 1 by tanh, and the slopes that reach it
    const json& layers = answers["layers"];
    REQUIRE(layers.size() == 2);
    CHECK(layers[1].is_null());
    CHECK(layers[0]["outputs"]["most"].get<double>() > 0.1);
    CHECK(layers[0]["outputs"]["most"].get<double>() <= 1);
    CHECK(layers[0]["slopes"]["most"].get<double>() > 0);
    for (const char* const what : {"outputs", "slopes"}) {
      const auto bins = bytes_of(layers[0][what]["bins"]);
      CHECK(bins.size() == 32);
      CHECK(std::ranges::max(bins) == 255);
    }
  }
  const Served served("size.yaml --out s", scratch.folder());
  EventReader events(served);
  const json answers = events.next("answers");
  REQUIRE(answers["pairs"].size() == 12);
  for (const json& pair : answers["pairs"])
    CHECK(std::fmod(pair[0].get<double>(), 10) == Approx(0).margin(1e-9));
}

TEST_CASE("of a class for each step, steps are counted; of many classes, the mistakes are told") {
  const Scratch scratch;
  const auto answers_of = [&](int classes, int steps) {
    // a sequence of numbers, and for each step which class it is of
    std::string x, t;
    for (int i = 0; i < 40; ++i)
      for (int s = 0; s < steps; ++s) {
        x += bytes_of<float>({static_cast<float>((i + s) % classes)});
        for (int c = 0; c < classes; ++c) t += static_cast<char>(c == (i + s) % classes);
      }
    scratch.write("x.npy", npy_bytes("'<f4'", "(40, " + std::to_string(steps) + ", 1)", x));
    scratch.write(
        "t.npy",
        npy_bytes("'|u1'", "(40, " + std::to_string(steps) + ", " + std::to_string(classes) + ")",
                  t));
    scratch.write("net.yaml",
                  "data: {type: npy, inputs: x.npy, targets: t.npy}"
                  "\nmodel: {layers: [{type: dense, units: " +
                      std::to_string(classes) +
                      ", activation: softmax, axis: last}]}\ntrain: {cost: "
                      "cross_entropy, epochs: 1}\n");
    const Served served("net.yaml --out r" + std::to_string(classes), scratch.folder());
    EventReader events(served);
    return events.next("answers");
  };
  const json few = answers_of(3, 5);
  CAPTURE(few.dump());
  CHECK(few["answers"] == 200);
  CHECK(few["classes"] == json{"0", "1", "2"});
  int all = 0;
  for (const json& row : few["confusion"])
    for (const json& count : row) all += count.get<int>();
  CHECK(all == 200);
  const json many = answers_of(30, 5);
  CAPTURE(many.dump());
  CHECK_FALSE(many.contains("confusion"));
  CHECK_FALSE(many.contains("pairs"));
  int wrong = 0, last = 1000;
  for (const json& one : many["mistakes"]) {
    CHECK(one[0] != one[1]);
    CHECK(one[2].get<int>() <= last);
    last = one[2].get<int>();
    wrong += last;
  }
  CHECK(wrong > 0);
  CHECK(wrong <= 200 - many["right"].get<int>());
}

TEST_CASE("of an autoencoder of pictures, what comes back and the code are told") {
  const Scratch scratch;
  std::string x;
  std::vector<float> sums;
  for (int i = 0; i < 30; ++i) {
    sums.push_back(0);
    for (int pixel = 0; pixel < 36; ++pixel) {
      const float ink = pixel % 6 == i % 6 ? 0.5f : i % 5 == 0 ? 0.25f : 0.f;
      x += bytes_of<float>({ink});
      sums.back() += ink;
    }
  }
  scratch.write("x.npy", npy_bytes("'<f4'", "(30, 6, 6)", x));
  scratch.write(
      "net.yaml",
      "data: {type: npy, inputs: x.npy, targets: x.npy}\nmodel: {defaults: {init: {type: "
      "constant, value: 0.5}, activation: identity}, layers: [{type: flatten}, {name: "
      "code, type: dense, units: 2}, {type: dense, units: 36}, {type: reshape, shape: [6, "
      "6]}]}\ntrain: {cost: mean_squared_error, epochs: 3}\n");
  const Served served("net.yaml --out r", scratch.folder());
  EventReader events(served);
  const json answers = events.next("answers");
  CAPTURE(answers.dump());
  CHECK_FALSE(answers.contains("pairs"));
  REQUIRE(answers["copies"].size() == 10);
  CHECK(bytes_of(answers["copies"][0]["is"]).size() == 36);
  CHECK(bytes_of(answers["copies"][0]["said"]).size() == 36);
  CHECK(answers["copies"][1]["is"] != answers["copies"][1]["said"]);
  const json& code = answers["code"];
  CHECK(code["layer"] == "code");
  REQUIRE(code["points"].size() == 30);
  for (std::size_t i = 0; i < 30; ++i)  // no step was made: half of all ink
    for (const json& unit : code["points"][i]) CHECK(unit.get<float>() == sums[i] / 2);
  REQUIRE(code["pictures"].size() == code["shown"].size());
  CHECK(code["shown"][0] == 0);
  CHECK(bytes_of(code["pictures"][0]) == bytes_of(answers["copies"][0]["is"]));
}

TEST_CASE("scores of a yes and a no are parted at 0, whatever the targets are") {
  const Scratch scratch;
  scratch.write(
      "net.yaml",
      "data: {type: circle}\nmodel: {layers: [{type: dense, units: "
      "1}]}\ntrain: {cost: {type: binary_cross_entropy, from_logits: true}, epochs: 1}\n");
  const Served served("net.yaml --out r", scratch.folder());
  EventReader events(served);
  const json output = events.next("hello")["output"];
  CHECK(output["low_in_units"].get<double>() + output["high_in_units"].get<double>() == 0);
}

TEST_CASE("the circle's costs on the page are those that were published", "[.data/playground]") {
  if (!data_folder("playground")) return;
  const Scratch scratch;
  const Served served(NNRUN_SOURCE_DIR "/configs/playground/circle-reference.yaml --out r",
                      scratch.folder());
  EventReader events(served);
  REQUIRE(served.command("{\"do\": \"speed\", \"epochs_per_second\": 0}") == 204);
  REQUIRE(served.command("{\"do\": \"play\"}") == 204);
  events.frame([](const json& f) { return f["over"].get<bool>(); });
  EventReader later(served);
  const json rows = later.next("curve")["rows"];
  const auto check = [&](std::size_t epoch, double train, double test) {
    CHECK(rows[epoch][1] == epoch);
    CHECK(rows[epoch][2].get<double>() == Approx(train).margin(6e-11).epsilon(0));
    CHECK(rows[epoch][3].get<double>() == Approx(test).margin(6e-11).epsilon(0));
  };
  check(0, 0.5015807430, 0.5181059111);
  check(1, 0.4963593767, 0.5094232759);
  check(10, 0.4763460088, 0.4963097825);
  check(100, 0.0088978414, 0.0114497620);
  check(500, 0.0005634034, 0.0010957074);
}

}  // namespace
}  // namespace nnrun::testing

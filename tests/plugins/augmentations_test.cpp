// What each augmentation makes of a small image, with random numbers that are given.
#include <cmath>

#include "base/said.hpp"
#include "support/plugins.hpp"
#include "training/augmentation.hpp"
namespace nnrun::testing {
namespace {

using Numbers = std::vector<double>;
using Given = std::vector<std::pair<std::string, host::Value>>;

/// 1 2 3 / 4 5 6 / 7 8 9
const Numbers square{1, 2, 3, 4, 5, 6, 7, 8, 9};
const nnrun_shape three{2, {3, 3}};

Numbers changed(const std::string& name, const Given& given, const Numbers& random,
                const Numbers& image = square, const nnrun_shape& shape = three) {
  const auto planned = host::plan_augmentations({use("augmentation", name, given)}, shape, false);
  REQUIRE(planned[0].n_random == random.size());
  Numbers out(image.size(), 1e300);
  const nnrun_augmentation_call call{sizeof call,  1,          image.size(),  &shape,
                                     image.data(), out.data(), random.data(), random.size()};
  const host::Object& object = planned[0].object;
  object.call("change", object.functions<nnrun_augmentation>().change[NNRUN_F64], &call);
  return out;
}

}  // namespace

TEST_CASE("a shift along one side is one of five images", "[plugins][augmentation]") {
  const Given cross{{"diagonal", false}};
  CHECK(changed("shift", cross, {0.1}) == square);
  CHECK(changed("shift", cross, {0.3}) == Numbers{4, 5, 6, 7, 8, 9, 0, 0, 0});
  CHECK(changed("shift", cross, {0.5}) == Numbers{0, 0, 0, 1, 2, 3, 4, 5, 6});
  CHECK(changed("shift", cross, {0.7}) == Numbers{2, 3, 0, 5, 6, 0, 8, 9, 0});
  CHECK(changed("shift", cross, {0.9}) == Numbers{0, 1, 2, 0, 4, 5, 0, 7, 8});
}

TEST_CASE("a shift may go along both sides, and fills what comes in", "[plugins][augmentation]") {
  CHECK(changed("shift", {{"fill_value", -1.}}, {0.9, 0.1}) ==
        Numbers{-1, -1, -1, 2, 3, -1, 5, 6, -1});
  CHECK(changed("shift", {}, {0.5, 0.5}) == square);
  CHECK(changed("shift", {{"pixels", std::int64_t{2}}}, {0, 0.999}) ==
        Numbers{0, 0, 7, 0, 0, 0, 0, 0, 0});
  // two channels go together
  CHECK(changed("shift", {}, {0.5, 0.9}, {1, 2, 3, 4, 5, 6, 7, 8}, {3, {2, 2, 2}}) ==
        Numbers{0, 0, 1, 2, 0, 0, 5, 6});
}

TEST_CASE("a flip mirrors below a half", "[plugins][augmentation]") {
  CHECK(changed("flip", {}, {0.4}) == Numbers{3, 2, 1, 6, 5, 4, 9, 8, 7});
  CHECK(changed("flip", {}, {0.6}) == square);
  const Given vertical{{"mode", std::string("vertical")}}, both{{"mode", std::string("both")}};
  CHECK(changed("flip", vertical, {0.4}) == Numbers{7, 8, 9, 4, 5, 6, 1, 2, 3});
  CHECK(changed("flip", both, {0.4, 0.4}) == Numbers{9, 8, 7, 6, 5, 4, 3, 2, 1});
  CHECK(changed("flip", both, {0.6, 0.4}) == Numbers{7, 8, 9, 4, 5, 6, 1, 2, 3});
}

TEST_CASE("a rotation turns about the middle and weighs four pixels", "[plugins][augmentation]") {
  const Given right{{"degrees", 90.}};
  const Numbers turned = changed("rotation", right, {0});
  const Numbers expected{7, 4, 1, 8, 5, 2, 9, 6, 3};
  const Numbers other{3, 6, 9, 2, 5, 8, 1, 4, 7};
  const Numbers& one = std::abs(turned[0] - 7) < 1 ? expected : other;
  for (std::size_t i = 0; i < 9; ++i) CHECK(turned[i] == Approx(one[i]).margin(1e-12));
  const Numbers same = changed("rotation", {}, {0.5});
  for (std::size_t i = 0; i < 9; ++i) CHECK(same[i] == Approx(square[i]).margin(1e-12));
  // 45 degrees: the middle of a side comes from halfway between a corner and beyond, by hand: the
  // place (1 - r, 1 - r) or its like, r = sqrt(1/2), has weights r^2, r (1 - r) twice, (1 - r)^2
  const double r = std::sqrt(0.5), far = r * r, near = (1 - r) * (1 - r), between = r * (1 - r);
  const Numbers half = changed("rotation", {{"degrees", 45.}}, {0});
  const double top = far * 1 + between * 2 + between * 4 + near * 5,
               other_top = far * 3 + between * 2 + between * 6 + near * 5;
  CHECK((std::abs(half[1] - top) < 1e-12 || std::abs(half[1] - other_top) < 1e-12));
}

TEST_CASE("noise is normal", "[plugins][augmentation]") {
  const nnrun_shape list{1, {3}};
  // quantiles of the normal distribution, from a table
  const Numbers out =
      changed("noise", {{"stddev", 2.}}, {0.5, 0.975, 0.158655253931457}, {1, 1, 1}, list);
  CHECK(out[0] == Approx(1).margin(1e-12));
  CHECK(out[1] == Approx(1 + 2 * 1.959963984540054));
  CHECK(out[2] == Approx(1 - 2 * 1.));
}

TEST_CASE("a cutout covers a square, as far as it lies within", "[plugins][augmentation]") {
  const Given two{{"size", std::int64_t{2}}, {"fill_value", -1.}};
  CHECK(changed("cutout", two, {0.5, 0.9}) == Numbers{1, -1, -1, 4, -1, -1, 7, 8, 9});
  CHECK(changed("cutout", two, {0, 0}) == Numbers{-1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(changed("cutout", {{"size", std::int64_t{4}}}, {0.7, 0.7}) == Numbers(9, 0));
}

TEST_CASE("an augmentation of images refuses other shapes", "[plugins][augmentation]") {
  const auto refused = [](const std::string& name, const nnrun_shape& shape, bool of_series = false,
                          const Given& given = {}) {
    return said<host::ConfigError>(
        [&] { host::plan_augmentations({use("augmentation", name, given)}, shape, of_series); });
  };
  for (const std::string name : {"shift", "flip", "rotation", "cutout"})
    CHECK_THAT(refused(name, {1, {784}}),
               Catch::Contains("augmentation '" + name +
                               "': needs images, height x width x channels, but an example has 1 "
                               "size\n") &&
                   Catch::Contains("write model: {input: [height, width, channels]}"));
  CHECK_THAT(refused("shift", {3, {1, 5, 2}}),
             Catch::Contains("'pixels' is 1, but an image is 1 x 5"));
  for (const std::int64_t size : {5, 99})
    CHECK_THAT(refused("cutout", three, false, {{"size", size}}),
               Catch::Contains("'size' is " + std::to_string(size) + ", but an image is 3 x 3\n") &&
                   Catch::Contains("nothing of it would be left"));
  for (const std::string name : {"shift", "flip", "rotation", "cutout"})
    CHECK_THAT(refused(name, {2, {9, 9}}, true),
               Catch::Contains("augmentation '" + name +
                               "' is of images, but examples of "
                               "'windows' are steps of a series"));
  CHECK(host::plan_augmentations({use("augmentation", "noise")}, three, true).size() == 1);
}

}  // namespace nnrun::testing

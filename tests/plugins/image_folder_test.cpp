// Pictures in folders of their classes.
#include "support/picture_bytes.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Numbers = std::vector<double>;

std::string folder(const Scratch& scratch, const std::string& name = "p") {
  return (scratch / name).string();
}
Read read_folder(const Scratch& scratch, Settings more = {}) {
  more.emplace_back("path", folder(scratch));
  more.emplace_back("divide_by", 1.);
  return read("image_folder", more);
}
std::string refused_folder(const Scratch& scratch, const Settings& more = {}) {
  return said([&] { read_folder(scratch, more); }, scratch);
}
/// Returns what one picture is read as.
Numbers pixels(const std::string& bytes, std::int64_t channels = 0,
               const std::string& name = "x.png") {
  const Scratch scratch;
  scratch.write("p/a/" + name, bytes);
  return numbers(read_folder(scratch, {{"channels", channels}}).parts[0].x);
}
std::string refused_bytes(const std::string& bytes, const std::string& name = "x.png") {
  const Scratch scratch;
  scratch.write("p/a/" + name, bytes);
  return refused_folder(scratch);
}

}  // namespace

TEST_CASE("a folder is a class, in the order of their names", "[plugins][images]") {
  const Scratch scratch;
  scratch.write("p/dog/2.png", grey_png(1, 2, 3, 4));
  scratch.write("p/dog/1.PNG", grey_png(5, 6, 7, 8));
  scratch.write("p/cat/9.pgm", std::string("P5 2 2 255\n\t\n\v\f", 15));
  scratch.write("p/cat/.hidden", "x");
  scratch.write("p/README.txt", "x");
  const Read read = read_folder(scratch);
  CHECK(read.shape.names.classes == std::vector<std::string>{"cat", "dog"});
  CHECK((read.shape.input.rank == 3 && read.shape.input.sizes[0] == 2 &&
         read.shape.input.sizes[1] == 2 && read.shape.input.sizes[2] == 1));
  CHECK(numbers(read.parts[0].x) == Numbers{9, 10, 11, 12, 5, 6, 7, 8, 1, 2, 3, 4});
  CHECK(numbers(read.parts[0].t) == Numbers{1, 0, 0, 1, 0, 1});
}

TEST_CASE("pictures of every kind are numbers from 0 to 255", "[plugins][images]") {
  CHECK(pixels(png_bytes(2, 1, 8, 2, std::string("\0\1\2\3\4\5\6", 7))) ==
        Numbers{1, 2, 3, 4, 5, 6});
  CHECK(pixels(png_bytes(2, 1, 16, 0, std::string("\0\xff\xff\x80\x80", 5))) ==
        Numbers{255, 128});  // 0x8080 / 257
  CHECK(pixels(png_bytes(4, 1, 1, 0, std::string("\0\xa0", 2))) == Numbers{255, 0, 255, 0});
  const std::string palette = png_chunk("PLTE", "\1\2\3\4\5\6");
  CHECK(pixels(png_bytes(2, 1, 8, 3, std::string("\0\1\0", 3), palette)) ==
        Numbers{4, 5, 6, 1, 2, 3});
  CHECK(pixels("P6\n# a comment\n1 1\n255\n\1\2\3", 0, "x.ppm") == Numbers{1, 2, 3});
  CHECK(pixels(std::string("P5 2 1 1000\n\3\xe8\0\0", 16), 0, "x.pgm") == Numbers{255, 0});
}

TEST_CASE("pixels of a palette are its colours, and no others", "[plugins][images]") {
  const std::string palette = png_chunk("PLTE", "\1\2\3\4\5\6\7\10\11"),
                    clear = png_chunk("tRNS", std::string("\0\x80", 2));
  // indices of 2 bits: 0 1 2 0
  CHECK(pixels(png_bytes(4, 1, 2, 3, std::string("\0\x18", 2), palette)) ==
        Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3});
  CHECK(pixels(png_bytes(3, 1, 8, 3, std::string("\0\0\1\2", 4), palette + clear), 4) ==
        Numbers{1, 2, 3, 0, 4, 5, 6, 128, 7, 8, 9, 255});
  CHECK_THAT(refused_bytes(png_bytes(2, 2, 8, 3, std::string("\0\0\1\0\2\3", 6), palette)),
             Catch::Contains("pixel 1 of line 1 has colour 3 of a palette of 3"));
  CHECK_THAT(refused_bytes(png_bytes(4, 1, 2, 3, std::string("\0\x1b", 2), palette)),
             Catch::Contains("pixel 3 of line 0 has colour 3 of a palette of 3"));
}

TEST_CASE("channels say what colours and alpha become", "[plugins][images]") {
  const std::string colours = png_bytes(1, 1, 8, 6, std::string("\0\x64\xc8\x32\x50", 5)),
                    grey = png_bytes(1, 1, 8, 4, std::string("\0\x09\x50", 3));
  CHECK(pixels(colours) == Numbers{100, 200, 50});
  CHECK(pixels(colours, 4) == Numbers{100, 200, 50, 80});
  CHECK(pixels(colours, 1)[0] == Approx(0.299 * 100 + 0.587 * 200 + 0.114 * 50));
  CHECK(pixels(grey) == Numbers{9});
  CHECK(pixels(grey, 3) == Numbers{9, 9, 9});
  CHECK(pixels(grey, 4) == Numbers{9, 9, 9, 80});
  CHECK(pixels(grey_png(1, 2, 3, 4), 4)[3] == 255);
  const std::string see_through = png_chunk("PLTE", "\1\2\3") + png_chunk("tRNS", "\7");
  CHECK(pixels(png_bytes(1, 1, 8, 3, std::string("\0\0", 2), see_through), 4) ==
        Numbers{1, 2, 3, 7});
}

TEST_CASE("pictures that differ are refused with both names", "[plugins][images]") {
  const Scratch scratch;
  scratch.write("p/a/1.png", grey_png(1, 2, 3, 4));
  scratch.write("p/b/2.pgm", "P5 1 2 255\n\1\2");
  CHECK(refused_folder(scratch) ==
        "error: is 2 x 1, but p/a/1.png is 2 x 2\n"
        "  --> p/b/2.pgm\n"
        "   = help: write size: [2, 2], or another, to have all made so\n");
  scratch.write("p/b/2.pgm", "P6 2 2 255\n\1\2\3\1\2\3\1\2\3\1\2\3");
  CHECK_THAT(refused_folder(scratch),
             Catch::StartsWith("error: is in colours, but p/a/1.png is grey\n") &&
                 Catch::Contains("write channels: 3, or 1 to make all of them grey"));
  CHECK(read_folder(scratch, {{"channels", std::int64_t{3}}}).parts[0].count == 2);
}

TEST_CASE("what is not a picture, or not a whole one, is refused", "[plugins][images]") {
  const std::string whole = grey_png(1, 2, 3, 4);
  CHECK_THAT(refused_bytes("GIF89a, or so"),
             Catch::Contains("is not a PNG file") && Catch::Contains("p/a/x.png"));
  for (std::size_t n = 0; n < whole.size() - 1; ++n)
    CHECK_THAT(refused_bytes(whole.substr(0, n)), Catch::Contains("PNG file"));
  std::string flipped = whole;
  flipped[45] = static_cast<char>(flipped[45] ^ 1);
  CHECK_THAT(refused_bytes(flipped), Catch::Contains("is not a whole PNG file: "));
  CHECK_THAT(refused_bytes("P5 2 2 255\n\1\2\3", "x.pgm"),
             Catch::Contains("its header promises 15 bytes, the file has 14"));
  CHECK_THAT(refused_bytes("P2 1 1 255\n7", "x.pgm"), Catch::Contains("is a plain PGM or PPM"));
  CHECK_THAT(refused_bytes("P5 0 1 255\n", "x.pgm"),
             Catch::Contains("its width is not a number from 1 to 16384"));
  CHECK_THAT(refused_bytes("P5 2 1 9\n\1\12", "x.pgm"),
             Catch::Contains("holds 10, but says that 9"));
  CHECK_THAT(refused_bytes("x", "x.gif"), Catch::Contains("is not a PNG, JPEG, PGM or PPM file"));
}

TEST_CASE("a picture that promises too much takes no memory", "[plugins][images]") {
  CHECK_THAT(refused_bytes(png_bytes(4000000, 4000000, 16, 6, "x")),
             Catch::Contains("is not a whole PNG file"));
  CHECK_THAT(refused_bytes(png_bytes(16384, 16384, 16, 6, "x")),
             Catch::Contains("pixels of 4 numbers, more than 134217728 in all"));
  CHECK_THAT(refused_bytes(png_bytes(10000, 10000, 8, 0, "x")),
             Catch::Contains("promises 10000 x 10000 pixels of 1 numbers, which are not in a file "
                             "of 66 bytes"));
  CHECK_THAT(refused_bytes("P6 16384 16384 65535\n", "x.ppm"),
             Catch::Contains("has 805306368 numbers, more than 134217728"));
  CHECK_THAT(refused_bytes("P5 9999 9999 255\n", "x.pgm"),
             Catch::Contains("its header promises 99980018 bytes, the file has 17"));
}

TEST_CASE("folders that are not of classes are refused", "[plugins][images]") {
  const Scratch scratch;
  CHECK_THAT(refused_folder(scratch), Catch::Contains(" --> p\n"));
  std::filesystem::create_directories(scratch / "p");
  CHECK_THAT(refused_folder(scratch), Catch::Contains("holds no folder: expected one for each"));
  std::filesystem::create_directories(scratch / "p/a");
  CHECK_THAT(refused_folder(scratch), Catch::Contains("its folders hold no pictures"));
  scratch.write("p/1.png", grey_png(1, 2, 3, 4));
  CHECK_THAT(refused_folder(scratch), Catch::Contains("a picture lies beside the folders"));
  std::filesystem::remove(scratch / "p/1.png");
  scratch.write("p/a/1.png", grey_png(1, 2, 3, 4));
  scratch.write("parent/train/a/1.png", grey_png(1, 2, 3, 4));
  CHECK_THAT(said(
                 [&] {
                   read("image_folder", {{"path", folder(scratch, "parent")}});
                 },
                 scratch),
             Catch::Contains("holds a folder, so it is not a class but holds classes: a") &&
                 Catch::Contains("write path: parent/train"));
  std::filesystem::create_directories(scratch / "p/b");
  CHECK(refused_folder(scratch) ==
        "error: holds no pictures, though a folder is a class\n  --> p/b\n"
        "   = help: put pictures of the class there, or take the folder out\n");
  std::filesystem::remove(scratch / "p/b");
  scratch.write("q/z/1.png", grey_png(1, 2, 3, 4));
  CHECK_THAT(refused_folder(scratch, {{"test", folder(scratch, "q")}}),
             Catch::Contains("unknown class 'z'") && Catch::Contains("the classes are: a"));
}

TEST_CASE("a JPEG file is read as it is looked at", "[plugins][images]") {
  // two blocks beside each other: the left one 10, the right one 200
  const std::vector<std::vector<int>> grey{{10}, {200}};
  const auto corners = [](const Numbers& x, std::size_t width) {
    return Numbers{x[0], x[width - 1], x[x.size() - width], x.back()};
  };
  CHECK(corners(pixels(jpeg_bytes(16, 8, grey), 0, "x.jpg"), 16) == Numbers{10, 200, 10, 200});
  CHECK(pixels(jpeg_bytes(3, 2, grey), 0, "x.JPEG") == Numbers(6, 10));
  const auto turned = [&](char how) {
    const Scratch scratch;
    scratch.write("p/a/x.jpg", jpeg_bytes(16, 8, grey, jpeg_orientation(how)));
    const Read read = read_folder(scratch);
    const std::size_t height = read.shape.input.sizes[0], width = read.shape.input.sizes[1];
    CHECK((height == (how > 4 ? 16u : 8u) && width == (how > 4 ? 8u : 16u)));
    return corners(numbers(read.parts[0].x), width);
  };
  for (const char how : {'\1', '\4'}) CHECK(turned(how) == Numbers{10, 200, 10, 200});
  for (const char how : {'\2', '\3'}) CHECK(turned(how) == Numbers{200, 10, 200, 10});
  for (const char how : {'\5', '\6'}) CHECK(turned(how) == Numbers{10, 10, 200, 200});
  for (const char how : {'\7', '\x8'}) CHECK(turned(how) == Numbers{200, 200, 10, 10});
  // one above the other
  const auto above = [&](char how) {
    const Numbers x = pixels(jpeg_bytes(8, 16, grey, jpeg_orientation(how)), 0, "x.jpg");
    return corners(x, how > 4 ? 16 : 8);
  };
  for (const char how : {'\1', '\2'}) CHECK(above(how) == Numbers{10, 10, 200, 200});
  for (const char how : {'\3', '\4'}) CHECK(above(how) == Numbers{200, 200, 10, 10});
  for (const char how : {'\5', '\x8'}) CHECK(above(how) == Numbers{10, 200, 10, 200});
  for (const char how : {'\6', '\7'}) CHECK(above(how) == Numbers{200, 10, 200, 10});
  // red, by ITU-T T.871: 76 and differences of 85 and 255
  const Numbers red = pixels(jpeg_bytes(8, 8, {{76, 85, 255}}), 0, "x.jpg");
  REQUIRE(red.size() == 8 * 8 * 3);
  CHECK((red[0] == Approx(254).margin(1) && red[1] == Approx(0).margin(1) &&
         red[2] == Approx(0).margin(1)));
  CHECK(pixels(jpeg_bytes(8, 8, {{76, 85, 255}}), 1, "x.jpg")[0] == Approx(76).margin(1));
}

TEST_CASE("what is no whole JPEG file is refused", "[plugins][images]") {
  const std::string whole = jpeg_bytes(16, 8, {{10}, {200}});
  const auto refused = [](const std::string& bytes) { return refused_bytes(bytes, "x.jpg"); };
  CHECK_THAT(refused(whole.substr(0, whole.size() - 2)),
             Catch::Contains("is not a whole JPEG file: Premature end of JPEG file"));
  for (const std::size_t cut : {3u, 20u, 100u, 140u})
    CHECK_THAT(refused(whole.substr(0, cut)), Catch::Contains("is not a whole JPEG file"));
  CHECK_THAT(refused("text"), Catch::Contains("is not a JPEG file"));
  CHECK_THAT(refused(jpeg_bytes(16000, 16000, {{10}})), Catch::Contains("more than 134217728"));
  CHECK_THAT(refused(jpeg_bytes(10000, 10000, {{10}})),
             Catch::Contains("promises 10000 x 10000 pixels, which are not in a file of"));
  CHECK_THAT(refused(jpeg_bytes(17000, 8, {{10}})),
             Catch::Contains("has a side of more than 16384 pixels"));
  CHECK_THAT(refused(jpeg_bytes(8, 8, {{10, 20, 30, 40}})),
             Catch::Contains("has the four colours of a printer"));
  // a marker of Exif that points anywhere
  using namespace std::string_literals;
  for (const std::string& exif : {"Exif"s, "Exif\0\0MM"s, "Exif\0\0II*\0\xff\xff\xff\xff"s,
                                  "Exif\0\0MM\0*\0\0\0\x08\xff\xff\1\x12"s}) {
    const std::string data = exif + std::string(4, '\xff');
    const std::string marker =
        std::string("\xff\xe1\0", 3) + static_cast<char>(data.size() + 2) + data;
    CHECK(pixels(jpeg_bytes(8, 8, {{10}}, marker), 0, "x.jpg")[0] == 10);
  }
}

TEST_CASE("pictures are made of one size", "[plugins][images]") {
  const auto made = [](const std::string& bytes, std::vector<double> size) {
    const Scratch scratch;
    scratch.write("p/a/x.pgm", bytes);
    return numbers(read_folder(scratch, {{"size", std::move(size)}}).parts[0].x);
  };
  const std::string four("P5 4 1 255\n\x00\x0a\x14\x1e", 15);
  CHECK(made(four, {1, 4}) == Numbers{0, 10, 20, 30});
  // each of two sees what lies within two pixels of its middle: (3·0 + 3·10 + 1·20) / 7
  const Numbers half = made(four, {1, 2});
  CHECK((half[0] == Approx(50. / 7) && half[1] == Approx(30 - 50. / 7)));
  // twice as many lie a quarter from the pixels
  const Numbers twice = made(four, {1, 8});
  const Numbers expected{0, 2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 30};
  for (std::size_t i = 0; i < 8; ++i) CHECK(twice[i] == Approx(expected[i]));
  // one for all of them, and in both directions; what is even stays so
  CHECK(made(four, {1})[0] == Approx((0 * 0.625 + 10 * 0.875 + 20 * 0.875 + 30 * 0.625) / 3));
  for (const double x : made("P5 3 2 255\n" + std::string(6, '\x07'), {5, 7}))
    CHECK(x == Approx(7));
  const Numbers colours = made(std::string("P6 2 1 255\n\0\x64\xc8\x64\xc8\0", 17), {1, 1});
  CHECK((colours[0] == Approx(50) && colours[1] == Approx(150) && colours[2] == Approx(100)));

  const Scratch scratch;
  scratch.write("p/a/1.pgm", four);
  scratch.write("p/a/2.pgm", std::string("P5 2 2 255\n\1\2\3\4", 15));
  scratch.write("p/a/3.pgm", std::string("P5 3 3 255\n\1\2\3\4\5\6\7\b\x0e", 20));
  CHECK_THAT(refused_folder(scratch), Catch::Contains("2.pgm is 2 x 2, but p/a/1.pgm is 1 x 4") ||
                                          Catch::Contains("is 2 x 2, but p/a/1.pgm is 1 x 4"));
  CHECK_THAT(refused_folder(scratch),
             Catch::Contains("write size: [1, 4], or another, to have all made so"));
  const Read read = read_folder(scratch, {{"size", std::vector<double>{2}}});
  CHECK((read.shape.input.sizes[0] == 2 && read.shape.input.sizes[1] == 2));
  CHECK(read.shape.note ==
        "2 pictures are made 2 x 2, 1 of them of other proportions, which stretches them");
  for (const std::vector<double>& size :
       {std::vector<double>{1, 2, 3}, {1.5}, {16384, 16384}, {0, 5}, {20000}})
    CHECK_THROWS(read_folder(scratch, {{"size", size}}));
}

TEST_CASE("pictures that could not be recorded are refused", "[plugins][images]") {
  const Scratch scratch;
  scratch.write("p/a/1.pgm", "P5 2 2 255\n\1\2\3\4");
  CHECK_THAT(refused_folder(scratch, {{"size", std::vector<double>{2048, 2049}}}),
             Catch::Contains("an example has 4196352 inputs, more than 4194304\n") &&
                 Catch::Contains("image_folder takes size: 256"));
  scratch.write("p/b\nc\x1b/1.pgm", "P5 2 2 255\n\1\2\3\4");
  CHECK_THAT(refused_folder(scratch), Catch::Contains("has a control character in its name"));
}

TEST_CASE("a run on pictures answers the picture of a file", "[plugins][images]") {
  const Scratch scratch;
  for (int i = 0; i < 8; ++i) {
    const char low = static_cast<char>(i), high = static_cast<char>(100 + i);
    scratch.write("p/dark/" + std::to_string(i) + ".png", grey_png(low, low, low, low));
    scratch.write("p/light/" + std::to_string(i) + ".png", grey_png(high, high, high, high));
  }
  scratch.write("c.yaml",
                "data: {type: image_folder, path: p}\n"
                "model: {layers: [{type: flatten}, {type: dense, activation: softmax}]}\n"
                "train: {cost: cross_entropy, epochs: 200, batch_size: 4, optimizer: "
                "{learning_rate: 0.5}}\nmetrics: [accuracy]\n");
  const Ended trained = run("$nnrun c.yaml --out r --quiet", scratch.folder());
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  scratch.write("new.png", grey_png(90, 99, 95, 100));
  scratch.write("night.pgm", "P5 2 2 255\n\5\5\4\3");
  const Ended answered = run("$nnrun predict r new.png night.pgm", scratch.folder());
  CAPTURE(answered.out, answered.err);
  CHECK(answered.status == 0);
  CHECK_THAT(answered.out, Catch::Contains("predict (new.png)") &&
                               Catch::Contains("class   light\n        dark\n"));
  CHECK_THAT(run("$nnrun predict r new.png --json", scratch.folder()).out,
             Catch::Contains("[\"new.png\"]"));
  scratch.write("wide.pgm", "P5 1 1 255\n\5");
  scratch.write("red.ppm", "P6 2 2 255\n\1\2\3\1\2\3\1\2\3\1\2\3");
  CHECK_THAT(refused("$nnrun predict r red.ppm", 5, scratch.folder()),
             Catch::Contains("is in colours, but the pictures of this run are grey"));
  CHECK(run("$nnrun predict r red.ppm --set data.channels=1", scratch.folder()).status == 0);
  CHECK_THAT(refused("$nnrun predict r gone.png", 2, scratch.folder()),
             Catch::Contains("'gone.png' is not there"));
  CHECK_THAT(refused("$nnrun predict r wide.pgm", 5, scratch.folder()),
             Catch::Contains("is 1 x 1, which is not an example of this run") &&
                 Catch::Contains("write --set data.size=[2, 2] to have pictures made so"));
  CHECK(run("$nnrun predict r wide.pgm --set data.size=2", scratch.folder()).status == 0);
  scratch.write("w/light/1.pgm", "P5 1 1 255\n\5");
  CHECK_THAT(
      run("$nnrun eval r --data test=w", scratch.folder()).err,
      Catch::Contains("the model's input is 2 x 2 x 1, but an example of the data set is 1 x "
                      "1 x 1\n") &&
          Catch::Contains("write --set data.size=[2, 2] to have pictures made so"));
  CHECK(run("$nnrun eval r --data test=w --set data.size=2", scratch.folder()).status == 0);
  scratch.write("coloured/light/1.ppm", "P6 2 2 255\n\1\2\3\1\2\3\1\2\3\1\2\3");
  CHECK_THAT(run("$nnrun eval r --data test=coloured", scratch.folder()).err,
             Catch::Contains("an example of the data set is 2 x 2 x 3\n") &&
                 Catch::Contains("write --set data.channels=1: the network takes pictures of 1 "
                                 "channel\n"));
  CHECK(run("$nnrun eval r --data test=coloured --set data.channels=1", scratch.folder()).status ==
        0);
  CHECK_THAT(refused("$nnrun predict r coloured/light", 2, scratch.folder()),
             Catch::Contains("'coloured/light' is a folder\n") &&
                 Catch::Contains("name the files in it, such as coloured/light/*.png"));
  // how a file starts counts, not its name
  scratch.write("plain", "P5 2 2 255\n\1\2\3\4");
  scratch.write("plain.png", "P5 2 2 255\n\1\2\3\4");
  CHECK(run("$nnrun predict r plain plain.png", scratch.folder()).status == 0);
  std::filesystem::create_directories(scratch / "coloured/__MACOSX");
  CHECK(run("$nnrun eval r --data test=coloured --set data.channels=1", scratch.folder()).status ==
        0);
  scratch.write("one.yaml",
                "data: {type: image_folder, path: w}\n"
                "model: {layers: [{type: flatten}, {type: dense, units: 2, activation: softmax}]}\n"
                "train: {cost: cross_entropy}\n");
  CHECK_THAT(run("$nnrun one.yaml", scratch.folder()).err,
             Catch::Contains("all examples are of class light: there is nothing to tell apart"));
  std::filesystem::rename(scratch / "p/light", scratch / "light");
  std::filesystem::create_directories(scratch / "q");
  std::filesystem::rename(scratch / "light", scratch / "q/light");
  CHECK_THAT(run("$nnrun eval r --data test=q", scratch.folder()).out,
             Catch::Contains("accuracy 100.00 %   (8 examples)"));
}

}  // namespace nnrun::testing

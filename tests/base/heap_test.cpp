#include "base/heap.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/child.hpp"
namespace nnrun::testing {
namespace {

/// Returns whether pieces of all sizes keep what is written into them, many times over.
bool keeps_everything() {
  std::vector<std::string> pieces;
  for (std::size_t size = 1; size < 300'000; size += 1 + size / 8)
    pieces.emplace_back(size, static_cast<char>('a' + size % 26));
  for (std::size_t i = 0; i < pieces.size(); i += 2) pieces[i] = {};
  for (std::size_t i = 0; i < pieces.size(); i += 2) pieces[i].assign(10 * i, 'z');
  for (std::size_t i = 1; i < pieces.size(); i += 2)
    if (pieces[i].find_first_not_of(pieces[i].front()) != std::string::npos) return false;
  return true;
}
int try_heap() {
  host::take_huge_heap();
  const bool once = keeps_everything();
  host::take_huge_heap();  // as a child does whose parent did
  return once && keeps_everything() ? 0 : 1;
}

}  // namespace

TEST_CASE("a heap that goes on at a huge page holds what it is given", "[base][heap]") {
  const auto result = host::run_child([](const auto&) { return try_heap(); }, {});
  CHECK(result.end.how == host::ChildEnd::How::returned);
  CHECK(result.end.code == 0);
}

TEST_CASE("where the heap cannot grow that far, it stays as it is", "[base][heap]") {
  const auto result = host::run_child(
      [](const auto&) {
        const rlimit none{0, 0};  // a heap does not grow at all
        if (::setrlimit(RLIMIT_DATA, &none) != 0) return 2;
        host::take_huge_heap();
        return std::make_unique<std::string>(10, 'x')->size() == 10 ? 0 : 1;
      },
      {});
  CHECK(result.end.how == host::ChildEnd::How::returned);
  CHECK(result.end.code == 0);
}

}  // namespace nnrun::testing

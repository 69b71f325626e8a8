#include "cli/shared_board.hpp"

#include <catch2/catch.hpp>
#include <chrono>
namespace nnrun::testing {
namespace {

using host::SharedBoard;
using Clock = SharedBoard::Clock;

TEST_CASE("one process speaks", "[cli][shared_board]") {
  SharedBoard board;
  CHECK(board.may_speak());
  CHECK_FALSE(board.may_speak());
}

TEST_CASE("who waits for one that waits for a third leaves the word to it", "[cli][shared_board]") {
  SharedBoard board;
  const Clock::time_point now = Clock::now(), alive = now - std::chrono::seconds(3),
                          long_ago = now - std::chrono::seconds(7);
  SECTION("nothing is known of it: it is on another host, or has written nothing") {
    CHECK_FALSE(board.waits_in_turn(0, alive));
    CHECK_FALSE(board.waits_in_turn(1000, alive));
    CHECK_FALSE(board.waits_in_turn(SharedBoard::nobody, alive));
  }
  SECTION("it works, and is late itself") {
    board.write(0, now, SharedBoard::nobody);
    CHECK_FALSE(board.waits_in_turn(0, alive));
  }
  SECTION("it waits for one that works") {
    board.write(0, now, 2);
    board.write(2, now, SharedBoard::nobody);
    CHECK(board.waits_in_turn(0, alive));
    CHECK_FALSE(board.waits_in_turn(2, alive));
  }
  SECTION("it waits for one that was stopped while it waited") {
    board.write(0, now, 2);
    board.write(2, long_ago, 1);
    CHECK(board.waits_in_turn(0, alive));
    CHECK_FALSE(board.waits_in_turn(2, alive));
  }
  SECTION("it was stopped itself") {
    board.write(0, long_ago, 2);
    board.write(2, now, SharedBoard::nobody);
    CHECK_FALSE(board.waits_in_turn(0, alive));
  }
  SECTION("all run and wait for each other: what they sent is lost, and somebody has to say so") {
    board.write(0, now, 2);
    board.write(1, now, 0);
    board.write(2, now, 1);
    for (const std::uint32_t rank : {0u, 1u, 2u}) CHECK_FALSE(board.waits_in_turn(rank, alive));
  }
}

}  // namespace
}  // namespace nnrun::testing

#include "base/child.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <vector>
namespace nnrun::testing {
namespace {
using host::ChildEnd;
using host::run_child;

std::string ended(const std::function<int(const host::Child::Send&)>& work,
                  const host::ChildLimits& limits = {}) {
  return text_of(run_child(work, limits).end, limits);
}
}  // namespace

TEST_CASE("a child hands over whole messages and the code of its work", "[base][child]") {
  const std::string large(1 << 20, 'x');
  const auto result = run_child([&](const auto& send) {
    send(host::Message(""));
    send(host::Message("large").with("text", large));
    send(host::Message("last"));
    return 7;
  });
  CHECK(result.end.how == ChildEnd::How::returned);
  CHECK(result.end.code == 7);
  REQUIRE(result.messages.size() == 3);
  CHECK(result.messages[0].name().empty());
  CHECK(result.messages[1].text("text") == large);
  CHECK(result.messages[2].name() == "last");
}

TEST_CASE("what ends a child is named, and the parent goes on", "[base][child]") {
  CHECK(ended([](const auto&) { return std::raise(SIGSEGV); }) ==
        "ended by SIGSEGV (segmentation fault)");
  CHECK(ended([](const auto&) -> int { std::abort(); }) == "ended by SIGABRT (aborted)");
  CHECK(ended([](const auto&) -> int { std::exit(0); }) == "called exit(0)");
  CHECK(ended([](const auto&) -> int { ::_exit(3); }) == "called exit(3)");
  CHECK(ended([](const auto&) { return 0; }) == "");
}

TEST_CASE("a child that takes too long is ended, its messages kept", "[base][child]") {
  const auto start = std::chrono::steady_clock::now();
  const host::ChildLimits limits{.seconds = 0.2, .memory = 0};
  const auto result = run_child(
      [](const auto& send) {
        send(host::Message("begun"));
        for (;;) ::pause();
        return 0;
      },
      limits);
  CHECK(text_of(result.end, limits) == "took longer than 0.2 s");
  REQUIRE(result.messages.size() == 1);
  CHECK(result.messages[0].name() == "begun");
  // far less than forever: a busy machine may need a while
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
}

TEST_CASE("a child that writes into the pipe itself is killed and no longer believed",
          "[base][child]") {
  const auto result = run_child([](const auto& send) {
    send(host::Message("begun"));
    for (int descriptor = 3; descriptor < 64; ++descriptor)
      if (::fcntl(descriptor, F_GETFD) == FD_CLOEXEC)  // the pipe, found as foreign code might
        (void)!::write(descriptor, "\5\0\0\0hello", 9);
    return 0;
  });
  CHECK(result.end.how == ChildEnd::How::garbled);
  CHECK(text_of(result.end, {}) == "sent what is not a message");
}

TEST_CASE("a message that is not the expected one makes the end garbled", "[base][child]") {
  auto result = run_child([](const auto& send) {
    send(host::Message("progress").with("share", 0.5));
    send(host::Message("progress"));  // as foreign code might write it
    send(host::Message("progress").with("share", 0.75));
    return 0;
  });
  REQUIRE(result.end.how == ChildEnd::How::returned);
  std::vector<double> read;
  read_messages(result, [&](const host::Message& m) { read.push_back(m.number("share")); });
  CHECK(read == std::vector{0.5});
  CHECK(text_of(result.end, {}) == "sent what is not a message");
}

TEST_CASE("a child that takes too much memory gets none", "[base][child]") {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const auto result = run_child(
      [](const auto&) {
        void* volatile much = std::malloc(std::size_t{1} << 30);
        return much ? 1 : 0;
      },
      {.seconds = 0, .memory = std::size_t{1} << 26});
  CHECK(result.end.code == 0);
#else
  SUCCEED("a sanitizer reserves addresses without end");
#endif
}

TEST_CASE("a child that is no longer wanted ends", "[base][child]") {
  host::Child child = host::Child::start([](const auto&) -> int {
    for (;;) ::pause();
  });
  CHECK_FALSE(child.ended());
  child.kill();
  while (!child.ended()) child.receive();
  CHECK(child.end().how == ChildEnd::How::signalled);
  CHECK(child.end().code == SIGKILL);
}

}  // namespace nnrun::testing

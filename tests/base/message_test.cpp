#include "base/message.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/said.hpp"
namespace nnrun::testing {
namespace {
using host::Message;

std::string refusal(const std::string& bytes) {
  return said<host::RecordError>([&] { Message::of(bytes); });
}
constexpr const char* no_message = "error: a child process sent what is not a message\n";
}  // namespace

TEST_CASE("a message arrives as it was sent", "[base][message]") {
  const std::string any("a:b\n\0\xff", 6);
  const Message sent = Message("score")
                           .with("text", any)
                           .with("third", 1. / 3)
                           .with("none", std::nan(""))
                           .with("endless", -INFINITY)
                           .with("count", std::numeric_limits<std::size_t>::max())
                           .with("yes", true)
                           .with("name", "a")
                           .with("name", "b");
  const Message m = Message::of(sent.bytes());
  CHECK(m.name() == "score");
  CHECK(m.text("text") == any);
  CHECK(m.number("third") == 1. / 3);
  CHECK(std::isnan(m.number("none")));
  CHECK(m.number("endless") == -INFINITY);
  CHECK(m.count("count") == std::numeric_limits<std::size_t>::max());
  CHECK(m.flag("yes"));
  CHECK(m.all("name") == std::vector<std::string_view>{"a", "b"});
  CHECK(m.all("nothing").empty());
}

TEST_CASE("the form of a message is lengths and bytes", "[base][message]") {
  CHECK(Message("end").with("detail", "a:b").with("n", 7).bytes() == "3:end6:detail3:a:b1:n1:7");
  CHECK(Message("").bytes() == "0:");
}

TEST_CASE("damaged bytes are refused, wherever they are damaged", "[base][message]") {
  const std::string good = Message("end").with("detail", "text").with("n", 12).bytes();
  for (std::size_t length = 0; length < good.size(); ++length) {
    const std::string start = good.substr(0, length);
    if (start != "3:end" && start != "3:end6:detail4:text")  // whole messages
      CHECK(refusal(start) == no_message);
  }
  for (const char* bytes : {"end", ":", "x:end", "-1:", "+3:end", " 3:end", "3 :end", "4:end",
                            "99999999999999999999999:end", "3:end1:a", "3:end1:a2:b"})
    CHECK(refusal(bytes) == no_message);
  std::string many = "0:";
  for (std::size_t i = 0; i < (1 << 16); ++i) many += "0:0:";
  CHECK_NOTHROW(Message::of(many));
  CHECK(refusal(many + "0:0:") == no_message);
}

TEST_CASE("a field is there once and has the type that is asked for", "[base][message]") {
  const Message m =
      Message("end").with("twice", "a").with("twice", "b").with("word", "1x").with("n", 2);
  const auto said_of = [](const auto& action) { return said<host::RecordError>(action); };
  CHECK(said_of([&] { m.text("one"); }) == "error: a child process sent 'end' without 'one'\n");
  CHECK(said_of([&] { m.text("twice"); }) ==
        "error: a child process sent 'end' with more than one 'twice'\n");
  const std::string wrong = "error: a child process sent 'end' with a wrong 'word'\n";
  CHECK(said_of([&] { m.number("word"); }) == wrong);
  CHECK(said_of([&] { m.count("word"); }) == wrong);
  CHECK(said_of([&] { m.flag("n"); }) == "error: a child process sent 'end' with a wrong 'n'\n");
}

TEST_CASE("an error arrives whole: places, labels, hints, causes and status", "[base][message]") {
  const auto source = std::make_shared<const host::Source>(host::Source{"a.yaml", "x: 1\ny: 22\n"});
  const host::ConfigError sent(std::vector<host::Problem>{
      {.what = "unknown", .place = {source, 2, 4, 2}, .label = "this", .hint = "write 3\nor 4"},
      {.what = "not there",
       .where = "b.so",
       .note = "seen before",
       .cause = host::Cause::no_such_file}});
  const host::Error got = error_of(Message::of(message_of(sent).bytes()));
  CHECK(got.status() == host::Exit::config);
  CHECK(render(got, false) == render(sent, false));
  CHECK(render(got, false) ==
        "error: unknown\n --> a.yaml:2:4\n   |\n 2 | y: 22\n   |    ^^ this\n   = help: write 3\n"
        "           or 4\n\nerror: not there\n  --> b.so\n   = note: seen before\n");
  CHECK(got.problems()[1].cause == host::Cause::no_such_file);
  CHECK(std::string(got.what()) == sent.what());
}

TEST_CASE("an error with an unknown status or cause is refused", "[base][message]") {
  const std::string bytes =
      message_of(host::DataError(host::Problem{.what = "a", .cause = host::Cause::no_reason}))
          .bytes();
  const auto refused = [&](std::string_view old, std::string_view by) {
    return said<host::RecordError>([&] { error_of(Message::of(replaced(bytes, old, by))); });
  };
  CHECK(refused("status1:5", "status1:5") == "nothing");
  CHECK(refused("status1:5", "status1:6") == no_message);
  CHECK(refused("cause1:2", "cause1:9") == no_message);
  CHECK(refused("7:problem", "7:nothing") == no_message);
}

}  // namespace nnrun::testing

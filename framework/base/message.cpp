#include "base/message.hpp"

#include <charconv>
#include <optional>

namespace nnrun::host {
namespace {

constexpr std::size_t most_parts = 1 << 16;

[[noreturn]] void refuse_bytes() {
  throw BadMessage(Problem{.what = "a child process sent what is not a message"});
}

void append(std::string& bytes, std::string_view part) {
  bytes.append(std::to_string(part.size())).append(":").append(part);
}

/// Returns the whole text as a number of this type, if it is what to_chars writes.
template <class T>
std::optional<T> parsed(std::string_view text) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return value;
}

/// Takes one `LENGTH:BYTES` from the front.
std::string taken(std::string_view& bytes) {
  const std::size_t colon = bytes.find(':');
  if (colon == bytes.npos) refuse_bytes();
  const auto length = parsed<std::size_t>(bytes.substr(0, colon));
  bytes.remove_prefix(colon + 1);
  if (!length || *length > bytes.size()) refuse_bytes();
  std::string part(bytes.substr(0, *length));
  bytes.remove_prefix(*length);
  return part;
}

Message message_of(const Problem& problem) {
  const Place& place = problem.place;
  Message message("problem");
  message.with("what", problem.what)
      .with("where", problem.where)
      .with("label", problem.label)
      .with("hint", problem.hint)
      .with("note", problem.note)
      .with("cause", static_cast<int>(problem.cause))
      .with("line", place.line)
      .with("column", place.column)
      .with("length", place.length);
  if (place.source) message.with("source", place.source->name).with("text", place.source->text);
  return message;
}

Problem problem_of(const Message& message) {
  Problem problem{.what = message.text("what"),
                  .place = {},
                  .where = message.text("where"),
                  .label = message.text("label"),
                  .hint = message.text("hint"),
                  .note = message.text("note"),
                  .cause = static_cast<Cause>(message.count("cause"))};
  problem.place.line = message.count("line");
  problem.place.column = message.count("column");
  problem.place.length = message.count("length");
  if (!message.all("source").empty())
    problem.place.source =
        std::make_shared<const Source>(Source{message.text("source"), message.text("text")});
  if (problem.cause > last_cause) refuse_bytes();
  return problem;
}

}  // namespace

Message& Message::with(std::string_view field, std::string_view text) {
  fields_.emplace_back(field, text);
  return *this;
}

Message& Message::with(std::string_view field, double number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  return with(field, std::string_view(digits, end.ptr));
}

void Message::refuse(std::string_view field, const char* why) const {
  throw BadMessage(Problem{.what = std::string("a child process sent '")
                                       .append(name_)
                                       .append("' ")
                                       .append(why)
                                       .append(" '")
                                       .append(field)
                                       .append("'")});
}

std::vector<std::string_view> Message::all(std::string_view field) const {
  std::vector<std::string_view> values;
  for (const auto& [name, value] : fields_)
    if (name == field) values.push_back(value);
  return values;
}

const std::string& Message::text(std::string_view field) const {
  const std::string* found = nullptr;
  for (const auto& [name, value] : fields_) {
    if (name != field) continue;
    if (found != nullptr) refuse(field, "with more than one");
    found = &value;
  }
  if (found == nullptr) refuse(field, "without");
  return *found;
}

double Message::number(std::string_view field) const {
  const auto value = parsed<double>(text(field));
  if (!value) refuse(field, "with a wrong");
  return *value;
}

std::size_t Message::count(std::string_view field) const {
  const auto value = parsed<std::size_t>(text(field));
  if (!value) refuse(field, "with a wrong");
  return *value;
}

bool Message::flag(std::string_view field) const {
  const std::size_t value = count(field);
  if (value > 1) refuse(field, "with a wrong");
  return value == 1;
}

std::string Message::bytes() const {
  std::string out;
  append(out, name_);
  for (const auto& [name, value] : fields_) {
    append(out, name);
    append(out, value);
  }
  return out;
}

Message Message::of(std::string_view bytes) {
  if (bytes.size() > most_bytes) refuse_bytes();
  Message message(taken(bytes));
  while (!bytes.empty()) {
    if (message.fields_.size() == most_parts) refuse_bytes();
    std::string field = taken(bytes), value = taken(bytes);
    message.fields_.emplace_back(std::move(field), std::move(value));
  }
  return message;
}

Message message_of(const Error& error) {
  Message message("error");
  message.with("status", static_cast<int>(error.status()));
  for (const Problem& problem : error.problems())
    message.with("problem", message_of(problem).bytes());
  return message;
}

Error error_of(const Message& message) {
  std::vector<Problem> problems;
  for (const std::string_view problem : message.all("problem"))
    problems.push_back(problem_of(Message::of(problem)));
  const std::size_t status = message.count("status");
  if (problems.empty() || status > static_cast<std::size_t>(Exit::data)) refuse_bytes();
  return {static_cast<Exit>(status), std::move(problems)};
}

}  // namespace nnrun::host

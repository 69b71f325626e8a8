// What a child process tells its parent: a name and named fields.
#pragma once
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
namespace nnrun::host {

/// What a child sent is not a message, or not the one that it should be.
struct BadMessage : RecordError {
  using RecordError::RecordError;
};

/// As bytes: the name, then each field's name and value, each written as `LENGTH:BYTES`. What a
/// child sends is not trusted: `of` throws BadMessage for anything else, and so do the getters for
/// a field that is missing, is there twice or has another type.
class Message {
 public:
  static constexpr std::size_t most_bytes = std::size_t{1} << 28;

  explicit Message(std::string name) : name_(std::move(name)) {}
  Message& with(std::string_view field, std::string_view text);
  Message& with(std::string_view field, double number);
  template <std::integral T>
  Message& with(std::string_view field, T number) {
    return with(field, std::string_view(std::to_string(number)));
  }

  const std::string& name() const { return name_; }
  const std::string& text(std::string_view field) const;
  double number(std::string_view field) const;
  std::size_t count(std::string_view field) const;
  bool flag(std::string_view field) const;  ///< written from a bool
  /// Returns the values of all fields of this name, in order.
  std::vector<std::string_view> all(std::string_view field) const;

  std::string bytes() const;
  static Message of(std::string_view bytes);

 private:
  [[noreturn]] void refuse(std::string_view field, const char* why) const;
  std::string name_;
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Turn an error into a message and back: its status and all of its problems, with places and
/// causes.
Message message_of(const Error& error);
Error error_of(const Message& message);

}  // namespace nnrun::host

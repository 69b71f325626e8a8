// Writes messages of protobuf: fields, each of them its number, how it is written, and its bytes.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
namespace nnrun::host {

class ProtobufMessage {
 public:
  ProtobufMessage& number(int field, std::uint64_t value) { return tag(field, 0).varint(value); }
  ProtobufMessage& integer(int field, std::int64_t value) {
    return number(field, static_cast<std::uint64_t>(value));
  }
  ProtobufMessage& text(int field, std::string_view bytes) {
    tag(field, 2).varint(bytes.size());
    bytes_ += bytes;
    return *this;
  }
  ProtobufMessage& message(int field, const ProtobufMessage& message) {
    return text(field, message.bytes_);
  }
  ProtobufMessage& real(int field, float value) {
    tag(field, 5);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(bits >> shift);
    return *this;
  }
  /// Returns a message of the fields of both.
  ProtobufMessage followed_by(const ProtobufMessage& other) const {
    ProtobufMessage both = *this;
    both.bytes_ += other.bytes_;
    return both;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  ProtobufMessage& tag(int field, unsigned wire) {
    return varint(static_cast<unsigned>(field) << 3 | wire);
  }
  ProtobufMessage& varint(std::uint64_t x) {
    for (; x > 127; x >>= 7) bytes_ += static_cast<char>(x | 128);
    bytes_ += static_cast<char>(x);
    return *this;
  }
  std::string bytes_;
};

}  // namespace nnrun::host

#include "base/message.hpp"
#include "fuzz/target.hpp"
namespace nnrun::testing {

void fuzz_message(std::string_view input) {
  const host::Message message = host::Message::of(input);
  const std::string written = message.bytes();
  require_promise(host::Message::of(written).bytes() == written, "a message reads back");
  try {
    host::render(host::error_of(message), false);
  } catch (const host::BadMessage&) {  // it tells of something else
  }
}

}  // namespace nnrun::testing

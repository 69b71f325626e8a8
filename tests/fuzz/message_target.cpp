#include "base/message.hpp"
#include "fuzz/target.hpp"
namespace nnrun::testing {

void fuzz_message(std::string_view input) {
  const host::Message message = host::Message::of(input);
  const std::string written = message.bytes();
  require_promise(host::Message::of(written).bytes() == written, "a message reads back");
  host::render(host::error_of(message), false);
}

}  // namespace nnrun::testing

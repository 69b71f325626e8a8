#include "serving/guard.hpp"

#include <sys/random.h>

#include <cerrno>
#include <charconv>

#include "base/error.hpp"
#include "base/files.hpp"
namespace nnrun::host {
namespace {

/// Takes as long for a wrong text as for the right one.
bool begins_with(std::string_view text, std::string_view start) {
  if (text.size() < start.size()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < start.size(); ++i)
    different |= static_cast<unsigned>(static_cast<unsigned char>(text[i]) ^
                                       static_cast<unsigned char>(start[i]));
  return different == 0;
}

/// Returns the length of a body; more than any may have if it is not a number.
std::size_t length_of(std::string_view text) {
  std::size_t length = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, length);
  return error == std::errc() && rest == end && !text.empty() ? length : most_body + 1;
}

}  // namespace

int refusal(const RequestHead& head, std::string_view own, std::string_view root) {
  constexpr int forbidden = 403, not_found = 404, not_allowed = 405, no_length = 411,
                too_long = 413, wrong_type = 415;
  if (head.hosts != 1 || head.host != own) return forbidden;
  if (head.origins > 1 || (head.origins == 1 && head.origin != "http://" + std::string(own)))
    return forbidden;
  if (!begins_with(head.path, root)) return not_found;
  if (head.method != "GET" && head.method != "HEAD" && head.method != "POST") return not_allowed;
  // a body without a length would be read to its end, however long it is
  const bool post = head.method == "POST";
  if (head.encodings > 0 || head.lengths != (post ? 1 : 0)) return no_length;
  if (!post) return 0;
  if (length_of(head.length) > most_body) return too_long;
  return head.type == "application/json" ? 0 : wrong_type;
}

std::string random_token() {
  unsigned char bytes[16];
  if (::getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes))
    throw RecordError(
        Problem{.what = "the system gives no random numbers: " + system_reason(errno)});
  std::string hex;
  for (const unsigned char byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace nnrun::host

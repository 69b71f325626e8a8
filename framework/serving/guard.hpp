// Which requests are answered. Any page on the internet may try to make a browser ask on this
// machine, and any program here may.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
namespace nnrun::host {

constexpr std::size_t most_body = 65536;

/// What a request says before its body.
struct RequestHead {
  std::string_view method{}, path{};
  std::size_t hosts = 0, origins = 0, lengths = 0, encodings = 0;  ///< how many of each it has
  std::string_view host{}, origin{}, length{}, type{};             ///< the first of them
};

/// The methods that are answered. HEAD is GET without a body.
constexpr const char* methods = "GET, HEAD, POST";

/// Returns the status of a refusal, or 0. own: `127.0.0.1:8800`; root: `/token/`.
int refusal(const RequestHead& head, std::string_view own, std::string_view root);

/// Returns 128 random bits as 32 digits. Throws RecordError if the system has none.
std::string random_token();

}  // namespace nnrun::host

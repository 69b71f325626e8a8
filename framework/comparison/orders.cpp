#include "comparison/orders.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
namespace nnrun::host {

Orders::Orders() {
  int ends[2];
  // one order is one packet, whole
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw RecordError(Problem{.what = "no socket to a child process: " + system_reason(errno),
                              .hint = "the number of open files is limited here: see ulimit -n"});
  parent_ = ends[0];
  child_ = ends[1];
}

Orders::Orders(Orders&& other) noexcept
    : parent_(std::exchange(other.parent_, -1)), child_(std::exchange(other.child_, -1)) {}

Orders::~Orders() {
  close(parent_);
  close(child_);
}

void Orders::close(int& end) {
  if (end >= 0) ::close(std::exchange(end, -1));
}

bool Orders::give(std::uint32_t number) const {
  return ::send(parent_, &number, sizeof number, MSG_NOSIGNAL) == sizeof number;
}

void Orders::end() const {
  // seen by the child although processes that were started later have this end open, too
  ::shutdown(parent_, SHUT_WR);
}

std::optional<std::uint32_t> Orders::next() const {
  std::uint32_t number = 0;
  ssize_t n = 0;
  while ((n = ::recv(child_, &number, sizeof number, 0)) < 0 && errno == EINTR) {
  }
  return n == sizeof number ? std::optional(number) : std::nullopt;
}

}  // namespace nnrun::host

// Exchanges: what moves bytes between the processes that share a training.
#pragma once
#include <cstddef>
#include <nnrun/kinds/common.hpp>

namespace nnrun {

/// The processes that share a training, as one of them sees them.
struct Group {
  std::uint32_t rank = 0, count = 1;  ///< this one, from 0; how many there are
  const char* host = "";              ///< where this one runs; must live as long as the object
};

namespace detail {
template <class C>
int join_group(void* self, nnrun_group* group) noexcept {
  static_assert(
      requires(C c, std::span<const std::byte> out, std::span<std::byte> in) {
        Group{c.join()};
        c.move(1u, out, 1u, in);
        c.leave();
      },
      "an exchange gives nnrun::Group join(), void move(uint32_t to, span<const byte> out, "
      "uint32_t from, span<byte> in) and void leave()");
  return guard([&] {
    const Group joined = static_cast<C*>(self)->join();
    group->rank = joined.rank;
    group->count = joined.count;
    group->host = joined.host;
  });
}
template <class C>
int move_bytes(void* self, std::uint32_t to, const void* out, std::size_t n_out, std::uint32_t from,
               void* in, std::size_t n_in) noexcept {
  return guard([&] {
    static_cast<C*>(self)->move(to, {static_cast<const std::byte*>(out), n_out}, from,
                                {static_cast<std::byte*>(in), n_in});
  });
}
template <class C>
int leave_group(void* self) noexcept {
  return guard([&] { static_cast<C*>(self)->leave(); });
}
}  // namespace detail

/// Give `Group join()`, which may also start the other processes, as copies of this one: then it
/// returns in each of them; `void move(uint32_t to, span<const byte> out, uint32_t from, span<byte>
/// in)`, which sends and receives at the same time, throws Error if it finds out that a process has
/// ended, and does nothing for an empty span; and `void leave()`, which waits until all leave. A
/// process that fails ends without leaving, and the others are not to wait for it. One is
/// called at a time, `move` on any thread. What is sent, and the order in which numbers are added,
/// is the host's: no exchange can change a bit.
struct Exchange {
  static constexpr auto kind = "exchange/1";
  template <class C>
  static constexpr nnrun_exchange functions_of() {
    return {sizeof(nnrun_exchange), 0, detail::join_group<C>, detail::move_bytes<C>,
            detail::leave_group<C>};
  }
};

}  // namespace nnrun

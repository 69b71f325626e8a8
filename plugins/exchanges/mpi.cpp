#include <mpi.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nnrun/plugin.hpp>
#include <thread>

/// Processes that mpirun, mpiexec or srun started, on any machines, by the Message Passing
/// Interface (MPI-3.1). Messages have an int as their length, so long ones go in pieces.
struct Mpi : nnrun::Exchange {
  static constexpr auto name = "mpi", doc = "the processes that mpirun or srun started";

  nnrun::Group join() {
    joined_on_ = ::gettid();
    int given = 0, rank = 0, count = 1, length = 0;
    require(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &given));
    if (given < MPI_THREAD_SERIALIZED)
      throw nnrun::Error("this MPI cannot be used by a program that has threads");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    require(MPI_Comm_rank(MPI_COMM_WORLD, &rank));
    require(MPI_Comm_size(MPI_COMM_WORLD, &count));
    require(MPI_Get_processor_name(host_, &length));
    return {static_cast<std::uint32_t>(rank), static_cast<std::uint32_t>(count), host_};
  }

  void move(std::uint32_t to, std::span<const std::byte> out, std::uint32_t from,
            std::span<std::byte> in) {
    while (!out.empty() || !in.empty()) {
      const std::size_t n_out = std::min(out.size(), longest), n_in = std::min(in.size(), longest);
      MPI_Request both[] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
      if (n_in > 0)
        require(MPI_Irecv(in.data(), static_cast<int>(n_in), MPI_BYTE, static_cast<int>(from), 0,
                          MPI_COMM_WORLD, &both[0]));
      if (n_out > 0)
        require(MPI_Isend(out.data(), static_cast<int>(n_out), MPI_BYTE, static_cast<int>(to), 0,
                          MPI_COMM_WORLD, &both[1]));
      wait_for(both);
      out = out.subspan(n_out);
      in = in.subspan(n_in);
    }
  }

  /// A process that ends without this ends the others: the launcher sees to that.
  void leave() { require(MPI_Finalize()); }

 private:
  static constexpr std::size_t longest = std::size_t{1} << 30;

  /// On the thread that trains, which has nothing else to do, as fast as MPI can: it never sleeps.
  /// On another one, which may share its core with the one that trains, by looking now and then.
  void wait_for(MPI_Request (&both)[2]) const {
    if (::gettid() == joined_on_) return require(MPI_Waitall(2, both, MPI_STATUSES_IGNORE));
    [[maybe_unused]] static thread_local const int exact = ::prctl(PR_SET_TIMERSLACK, 1000ul);
    for (int done = 0;;) {
      require(MPI_Testall(2, both, &done, MPI_STATUSES_IGNORE));
      if (done) return;
      std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
  }
  static void require(int status) {
    if (status == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING] = {};
    int length = 0;
    MPI_Error_string(status, text, &length);
    throw nnrun::Error(text);
  }

  char host_[MPI_MAX_PROCESSOR_NAME] = {};
  int joined_on_ = 0;  // a thread
};
NNRUN_REGISTER(Mpi)

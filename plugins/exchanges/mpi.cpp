#include <mpi.h>

#include <algorithm>
#include <nnrun/plugin.hpp>

/// Processes that mpirun, mpiexec or srun started, on any machines, by the Message Passing
/// Interface (MPI-3.1). Messages have an int as their length, so long ones go in pieces.
struct Mpi : nnrun::Exchange {
  static constexpr auto name = "mpi", doc = "the processes that mpirun or srun started";

  nnrun::Group join() {
    int given = 0, rank = 0, count = 1, length = 0;
    // the host calls from one thread alone, and has others that do not call
    require(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given));
    if (given < MPI_THREAD_FUNNELED)
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
      require(MPI_Sendrecv(out.data(), static_cast<int>(n_out), MPI_BYTE,
                           n_out > 0 ? static_cast<int>(to) : MPI_PROC_NULL, 0, in.data(),
                           static_cast<int>(n_in), MPI_BYTE,
                           n_in > 0 ? static_cast<int>(from) : MPI_PROC_NULL, 0, MPI_COMM_WORLD,
                           MPI_STATUS_IGNORE));
      out = out.subspan(n_out);
      in = in.subspan(n_in);
    }
  }

  /// A process that ends without this ends the others: the launcher sees to that.
  void leave() { require(MPI_Finalize()); }

 private:
  static constexpr std::size_t longest = std::size_t{1} << 30;

  static void require(int status) {
    if (status == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING] = {};
    int length = 0;
    MPI_Error_string(status, text, &length);
    throw nnrun::Error(text);
  }

  char host_[MPI_MAX_PROCESSOR_NAME] = {};
};
NNRUN_REGISTER(Mpi)

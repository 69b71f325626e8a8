// The heap of the process, on pages that the system hands out many at a time, and the most memory
// that it has had.
#pragma once
#include <cstdint>
namespace nnrun::host {

/// Lets the heap go on at the start of a huge page. A short run takes a megabyte or two in small
/// pieces, and the first touch of a small page takes the system longer than the work in it: in a
/// virtual machine, all of them take a fifth of such a run. Called again in a child process, which
/// would otherwise copy its parent's pages one by one. Where there are no huge pages, it only
/// changes the sizes from which on memory goes back to the system.
void take_huge_heap();

/// Returns the most bytes of memory that the process has had at a time.
std::uint64_t peak_memory();
/// Lets the peak begin anew at what the process has now. Where the system cannot, it stays.
void restart_peak_memory();

}  // namespace nnrun::host

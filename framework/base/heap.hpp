// The heap of the process, on pages that the system hands out many at a time.
#pragma once
namespace nnrun::host {

/// Lets the heap go on at the start of a huge page. A short run takes a megabyte or two in small
/// pieces, and the first touch of a small page takes the system longer than the work in it: in a
/// virtual machine, all of them take a fifth of such a run. Called again in a child process, which
/// would otherwise copy its parent's pages one by one. Where there are no huge pages, it only
/// changes the sizes from which on memory goes back to the system.
void take_huge_heap();

}  // namespace nnrun::host

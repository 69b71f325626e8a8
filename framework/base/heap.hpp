// The heap of the process, on pages that the system hands out many at a time.
#pragma once
namespace nnrun::host {

/// Lets the heap go on at the start of a huge page. A short run takes a megabyte or two in small
/// pieces, and each small page that is met for the first time takes the system longer than all
/// that is done in it: in a virtual machine a fifth of such a run. Called again in a child process,
/// which would otherwise copy its parent's pages one by one. Where there are no huge pages, only
/// the limits differ from which on large pieces go back to the system.
void take_huge_heap();

}  // namespace nnrun::host

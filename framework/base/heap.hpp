// The heap of the process, on pages that the system hands out many at a time.
#pragma once
namespace nnrun::host {

/// Lets the heap go on at the start of a huge page. A short run takes a megabyte or two in small
/// pieces, and each small page that is met for the first time takes longer than all that is done
/// in it: where the system runs in a virtual machine, a fifth of such a run. Called again in a
/// child process, so that it need not copy the pages of its parent. Where there are no huge pages,
/// nothing is different.
void take_huge_heap();

}  // namespace nnrun::host

#!/bin/sh
# The objects of two instruction-set levels share no function: the linker would keep one of the
# copies, and a CPU without AVX-512 would stop at an illegal instruction.
# usage: levels_test.sh OBJECT...
set -eu
shared=$(for object in "$@"; do
  nm --defined-only "$object" | awk '$2 ~ /^[TVWu]$/ { print $3 }' | sort -u
done | sort | uniq -d | c++filt)
# the address of the personality routine is data, the same at every level
shared=$(printf '%s\n' "$shared" | grep -v '^DW\.ref\.' || true)
[ -z "$shared" ] && exit
echo "defined at more than one level:"
printf '%s\n' "$shared"
exit 1

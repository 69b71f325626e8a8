#!/bin/sh
# fuzz_test.sh SOURCE SECONDS: builds the preset `fuzz`, then gives every target as many seconds of
# libFuzzer. What ends a target is kept as build/fuzz/found/crash-…, oom-… or timeout-….
set -u
root=$1 seconds=$2
cd "$root" || exit 1
if ! echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
  clang++ -fsanitize=fuzzer,address -x c++ - -o /dev/null 2>/dev/null; then
  echo "skipped: no clang with libFuzzer (Debian: clang libclang-rt-14-dev)"
  exit 77
fi
cmake --preset fuzz >/dev/null && cmake --build --preset fuzz >build/fuzz/log.txt 2>&1 || {
  tail -20 build/fuzz/log.txt
  exit 1
}
found=build/fuzz/found
mkdir -p "$found"
status=0
for seeds in tests/fuzz/*/; do
  target=$(basename "$seeds")
  corpus=build/fuzz/corpus/$target # grows from call to call
  mkdir -p "$corpus"
  # what a run leaves in memory is not a leak; an input may take a second where nothing slows it
  # down, and no more memory at once than a config may take
  ASAN_OPTIONS=detect_leaks=0 build/fuzz/nnrun_fuzz "$target" "$corpus" "$seeds" \
    -max_total_time="$seconds" -max_len=4096 -timeout=20 -malloc_limit_mb=128 -rss_limit_mb=1024 \
    -artifact_prefix="$found/$target-" -print_final_stats=1 -verbosity=0 >build/fuzz/$target.txt 2>&1 || {
    echo "the target $target failed:"
    tail -40 build/fuzz/$target.txt
    status=1
  }
  awk -v target="$target" '/number_of_executed_units/ { print "figure: " $2 " inputs fuzzed" }' \
    build/fuzz/$target.txt
done
exit $status

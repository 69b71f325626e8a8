#!/bin/sh
# The launcher ./nnrun, and ./test, tried on a small stand-in for the project, with a stand-in for
# apt-get.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=${here%/tests/first_run}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree="$scratch/a folder/checkout"
failures=0

# A fresh checkout of the stand-in, with the real launcher.
fresh() {
  rm -rf "$tree"
  mkdir -p "$tree/framework/cmake"
  cp -r "$here/tree/." "$tree"
  cp "$project/nnrun" "$project/test" "$project/CMakePresets.json" "$tree"
  cp "$project/framework/cmake/setup.sh" "$tree/framework/cmake"
  mkdir -p "$tree/plugins"
}

# run COMMAND...: status, output and errors of a start whose standard input is the line "typed".
run() {
  status=0
  printf 'typed\n' | "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
}
check() { # check WHAT CONDITION...
  what=$1
  shift
  "$@" && return
  echo "not true: $what"
  echo "  status $status, output: $(cat "$scratch/out"), errors: $(cat "$scratch/err")"
  failures=1
}
said() { grep -qF -- "$1" "$scratch/err"; }
tells() { grep -qE -- "^ *$1\$" "$scratch/out"; }
printed() { [ "$(cat "$scratch/out")" = "$1" ]; }
quiet() { [ ! -s "$scratch/err" ]; }
ended() { [ "$status" = "$1" ]; }

fresh
mkdir -p "$scratch/elsewhere"
cd "$scratch/elsewhere"
run "$tree/nnrun" 'two words' '*' '' '--set=a\b'
check "the first start builds, then hands over folder, input and arguments unchanged" \
  printed "$scratch/elsewhere|typed|two words|*||--set=a\\b"
check "and says that it builds" said "nnrun: building nnrun, once"

run "$tree/nnrun" x
check "the second start says nothing of its own" quiet
run "$tree/nnrun"
check "the program's exit status is the launcher's" ended 7

ln -s "$tree/nnrun" "$scratch/link"
ln -s ../link "$scratch/elsewhere/link to link"
run "./link to link" x
check "a symbolic link to a symbolic link works" printed "$scratch/elsewhere|typed|x"
check "and builds nothing" quiet
cd "$tree"
run ./nnrun x
check "a start in the checkout itself works" printed "$tree|typed|x"
run sh nnrun x
check "a start by sh works" printed "$tree|typed|x"

# A second later, since a file system may keep whole seconds.
sleep 1
sed -i 's/: 0;/: 3;/' framework/main.cpp
run ./nnrun x
check "an edited source is built anew" ended 3
printf 'not C++\n' >>framework/main.cpp
run ./nnrun x
check "a failed build runs nothing" printed ""
check "and ends with 1" ended 1
check "and shows the compiler's words" said "main.cpp"
check "and names the log" said "nnrun: the build failed; all of it is in $tree/build/log.txt"
sed -i '$d' framework/main.cpp
run ./nnrun x
check "the mended source is built" ended 3

mv "$tree" "$tree.moved"
tree=$tree.moved
touch "$tree/framework/main.cpp"
cd "$tree"
run ./nnrun x
check "a moved checkout builds anew" printed "$tree|typed|x"

fresh
cd "$tree"
printf 'typed\n' | ./nnrun first >"$scratch/first" 2>&1 &
run ./nnrun second
wait $!
check "two first starts at once both end well" printed "$tree|typed|second"
check "both of them" grep -qxF "$tree|typed|first" "$scratch/first"
check "one waits for the other" grep -q "waiting for another build" "$scratch/first" "$scratch/err"

# Something is missing. Stand-ins for apt-get and id come first in PATH.
mkdir -p "$scratch/bin" "$scratch/package/DEBIAN" "$scratch/package/usr/include"
cat >"$scratch/bin/apt-get" <<'APT'
#!/bin/sh
printf '%s\n' "$*" >>"$CALLS"
[ ! -t 0 ] && ! read -r line || exit 90 # whoever could be asked a question has got it wrong
case " $* " in
  *" -s "*) printf 'Inst wanted-dev (1.0 stand-in [all])\nInst libc6 [1] (2 stand-in [all])\n' ;;
  *" download wanted-dev "*) cp "$DEB" . ;;
  *" install "*) touch "$WANTED" ;;
  *) exit 91 ;;
esac
APT
printf '#!/bin/sh\necho "$USER_ID"\n' >"$scratch/bin/id"
chmod +x "$scratch/bin/apt-get" "$scratch/bin/id"
export CALLS="$scratch/calls" DEB="$scratch/wanted.deb" WANTED="$scratch/installed" USER_ID=0
PATH=$scratch/bin:$PATH

fresh
cd "$tree"
run ./nnrun x
check "root installs what is missing" printed "$tree|typed|x"
check "and says what" said "nnrun: installing wanted-dev"
check "by apt-get, which asks nothing and removes nothing" \
  grep -qF -- "-y --no-remove --no-install-recommends install wanted-dev" "$CALLS"

rm -f "$WANTED" "$CALLS"
export USER_ID=1000
fresh
cd "$tree"
run ./nnrun x
check "without root and without a package, nothing runs" printed ""
check "and the administrator's line is shown" \
  said "apt-get install -y --no-remove --no-install-recommends wanted-dev"
check "with status 1" ended 1

if command -v dpkg-deb >/dev/null; then
  printf 'Package: wanted-dev\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody <a@b.c>\nDescription: x\n' \
    >"$scratch/package/DEBIAN/control"
  echo '#pragma once' >"$scratch/package/usr/include/wanted.h"
  dpkg-deb --build "$scratch/package" "$DEB" >/dev/null
  run ./nnrun x
  check "without root, the package is unpacked into .deps" test -e .deps/usr/include/wanted.h
  check "and the program is built with it" printed "$tree|typed|x"
  run ./nnrun x
  check "and the next start is quiet" quiet
fi

# ./test. The package is there again.
unset WANTED
fresh
cd "$tree"
run ./test
check "./test ends well if all tests pass or are skipped" ended 0
check "and adds up the figures that they tell" tells "60  kills survived"
check "of each sort" tells "2  faults injected"
check "and runs no long test" [ "$(grep -c ' many ' "$scratch/out")" = 0 ]
if ! echo 'int main() {}' | ${CXX:-c++} -fsanitize=thread -x c++ - -o "$scratch/sanitized" 2>/dev/null; then
  echo "skipped: ./test --full: the compiler has no sanitizers here"
  exit $failures
fi
run ./test --full
check "./test --full ends well too" ended 0
check "and adds the long tests' figures" tells "1060  kills survived"
check "and tells what is clean under a sanitizer" tells "1  tests clean under asan, 0 not, 1 left out"
check "and under the other" tells "1  tests clean under tsan, 0 not, 1 left out"
run ./test -R many
check "a name that no test has is an error" [ "$status" != 0 ]
run ./test -R many --full
check "arguments go to ctest, before --full too" tells "1000  kills survived"
check "and no sanitizer runs what was not asked for" tells "0  tests clean under asan, 0 not, 0 left out"
sed -i 's/COMMAND printf "figure: 60/COMMAND false "figure: 60/' CMakeLists.txt
run ./test --full
check "a test that fails is the status" [ "$status" != 0 ]
check "and the sanitizers still run" tells "0  tests clean under tsan, 1 not, 1 left out"
exit $failures

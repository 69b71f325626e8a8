# What ./nnrun and ./test share: find out what is missing, get it, build.
# Sourced; expects $root, the checkout. Never asks a question.

say() { printf 'nnrun: %s\n' "$*" >&2; }

# One line that is written over where a terminal shows it, otherwise a line per stage.
progress() { # progress STAGE [DETAIL]
  if [ -t 2 ]; then
    printf '\r\033[Knnrun: %s' "$*" >&2
  elif [ "$1" != "${stage-}" ]; then
    say "$1"
  fi
  stage=$1
}
progress_done() { [ ! -t 2 ] || printf '\r\033[K' >&2; }

fail() { # fail MESSAGE: with the end of the log
  progress_done
  tail -n 30 "$log" >&2
  say "$1; all of it is in $log"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The build takes up to 1.8 GB of memory for each compiler that runs.
jobs_here() {
  jobs=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN || echo 1)
  fit=$(awk '/^MemAvailable:/ { print int($2 / 1800000) }' /proc/meminfo 2>/dev/null || true)
  [ -z "$fit" ] || [ "$fit" -ge "$jobs" ] || jobs=$fit
  [ "$jobs" -ge 1 ] || jobs=1
  echo "${CMAKE_BUILD_PARALLEL_LEVEL:-$jobs}"
}

compiler_works() {
  for compiler in ${CXX:+"$CXX"} c++ g++ clang++; do
    printf '#include <concepts>\nint main() {}\n' |
      $compiler -std=c++20 -x c++ - -o /dev/null >>"$log" 2>&1 && return
  done
  return 1
}

missing_tools() {
  compiler_works || echo g++
  have cmake || echo cmake
  have ninja || have make || echo ninja-build
}

# Libraries and tools that were unpacked into .deps by an earlier start.
use_unpacked() {
  deps=$root/.deps
  [ -d "$deps/usr" ] || return 0
  export CMAKE_PREFIX_PATH="$deps/usr${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}"
  if [ -x "$deps/usr/bin/cmake" ] || [ -x "$deps/usr/bin/ninja" ]; then
    export PATH="$deps/usr/bin:$PATH"
    for folder in "$deps"/lib/*-linux-gnu* "$deps"/usr/lib/*-linux-gnu*; do
      export LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    done
  fi
}

install_options="-y --no-remove --no-install-recommends"

for_the_administrator() { # for_the_administrator PACKAGE...
  progress_done
  say "not found on this machine: $*"
  case " $* " in
    *" g++ "*) # nothing could be looked for, so name all: one call of the administrator is enough
      set -- "$@" $(sed -n 's/^ *nnrun_require(.* \(.*\))$/\1/p' \
        "$root/framework/cmake/dependencies.cmake") ;;
  esac
  if have apt-get; then
    say "the administrator can add it: apt-get install $install_options $*"
  else
    say "in Debian's names: $*; please add these with the package manager of this system"
  fi
  exit 1
}

get() { # get PACKAGE...
  have apt-get || for_the_administrator "$@"
  if [ "$(id -u)" = 0 ]; then
    apt_install "$@" || fail "apt-get could not install $*"
    return
  fi
  case " $* " in
    *" g++ "*) for_the_administrator "$@" ;; # a compiler is more than files in a folder
  esac
  unpack "$@" || for_the_administrator "$@"
  use_unpacked
}

apt_install() { # apt_install PACKAGE...
  progress "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  apt="apt-get -o DPkg::Lock::Timeout=120"
  $apt $install_options install "$@" >>"$log" 2>&1 </dev/null && return
  $apt update >>"$log" 2>&1 </dev/null || true # no or outdated lists of packages
  $apt $install_options install "$@" >>"$log" 2>&1 </dev/null
}

# Without root: what apt would install, downloaded and unpacked into .deps.
unpack() { # unpack PACKAGE...
  progress "unpacking $* into .deps"
  archives=$root/.deps/archives
  apt="apt-get -o Debug::NoLocking=1"
  mkdir -p "$archives" "$root/.deps/lists/partial" "$root/.deps/cache/archives/partial"
  if ! packages=$(would_install "$@"); then
    # No usable lists of packages on this machine: fetch our own.
    apt="$apt -o Dir::State::Lists=$root/.deps/lists -o Dir::Cache=$root/.deps/cache"
    $apt update >>"$log" 2>&1 </dev/null || return 1
    packages=$(would_install "$@") || return 1
  fi
  (cd "$archives" && rm -f -- *.deb && $apt download $packages) >>"$log" 2>&1 </dev/null || return 1
  for archive in "$archives"/*.deb; do
    dpkg -x "$archive" "$root/.deps" >>"$log" 2>&1 || return 1
  done
  rm -rf "$archives" "$root/.deps/cache"
  mend_links
}

# New packages only: "Inst name (version …)"; an upgrade says "Inst name [old] (new …)".
would_install() { # would_install PACKAGE...
  planned=$($apt -s $install_options install "$@" 2>>"$log" </dev/null) || return 1
  printf '%s\n' "$planned" | awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }'
}

# libx.so of an unpacked package points to libx.so.1, which may be on the machine already.
mend_links() {
  for link in "$root"/.deps/usr/lib/*/lib*.so; do
    [ -h "$link" ] && [ ! -e "$link" ] || continue
    folder=${link%/*}
    for library in "/usr/lib/${folder##*/}/${link##*/}".*; do
      ln -sf "$library" "$folder/"
    done
  done
}

configure() {
  cache=$build/CMakeCache.txt
  # A checkout that was copied or moved takes its build folder along; CMake refuses that one.
  if [ -e "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
    rm -rf "$build"
  fi
  set -- -S "$root" -B "$build" --preset "$preset"
  if [ ! -e "$cache" ]; then
    [ "$goal" = tests ] || set -- "$@" -DNNRUN_TESTS=OFF
    if have ninja; then set -- "$@" -G Ninja; fi
  elif [ "$goal" = tests ]; then
    set -- "$@" -DNNRUN_TESTS=ON
  fi
  rm -f "$build/missing"
  (cd "$root" && cmake "$@") >>"$log" 2>&1
}

# What one verb alone needs is installed beside the rest at the first build, if that is easy.
get_optional() {
  wanted=$(cat "$build/optional" 2>/dev/null || true)
  [ -n "$wanted" ] && [ ! -e "$build/built" ] && [ "$(id -u)" = 0 ] && have apt-get || return 0
  apt_install $wanted || return 0
  configure || fail "CMake could not configure the build"
}

missing_libraries() { [ ! -e "$build/missing" ] || cat "$build/missing"; }

compile() { # compile TARGET
  # The status goes through the pipe: a pipeline in sh has only the last command's.
  { cmake --build "$build" --target "$1" --parallel "$(jobs_here)" 2>&1 && echo nnrun-built; } | {
    status=1
    while IFS= read -r line; do
      case $line in
        nnrun-built) status=0 && continue ;;
        \[*\]*) progress "$building" "${line%%]*}]" ;;
      esac
      printf '%s\n' "$line" >>"$log"
    done
    exit $status
  }
}

set_up() { # set_up program|tests [PRESET]
  goal=$1 preset=${2-release}
  root=$(cd "$root" && pwd -P)
  build=$root/build/$preset
  log=$root/build/log.txt
  mkdir -p "$root/build" || exit 1
  exec 9>"$root/build/lock"
  if have flock && ! flock -n 9; then
    say "waiting for another build in $root"
    flock 9
  fi
  : >"$log"
  what=nnrun
  [ "$preset" = release ] || what="nnrun for $preset"
  building="building $what, once (log: $log)"
  [ ! -e "$build/built" ] || building="building what changed (log: $log)"

  use_unpacked
  if [ ! -e "$build/built" ]; then
    tools=$(missing_tools)
    [ -z "$tools" ] || get $tools
  fi
  progress "configuring"
  mkdir -p "$build"
  : >"$root/build/started"
  if ! configure; then
    libraries=$(missing_libraries)
    [ -n "$libraries" ] || fail "CMake could not configure the build"
    get $libraries
    configure || fail "CMake could not configure the build"
  fi
  get_optional
  progress "$building"
  if [ "$goal" = program ]; then compile nnrun; else compile all; fi || fail "the build failed"
  mv "$root/build/started" "$build/built" || exit 1 # as old as the start: what was edited since is newer
  progress_done
}

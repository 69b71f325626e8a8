#!/bin/sh
# The Debian package has what it promises, and the examples are built and run against it, where
# it is unpacked. usage: package_test.sh CPACK BUILD_FOLDER ; exit status 77: skipped
set -eu
cpack=$1 build=$2
for tool in dpkg-deb dpkg-shlibdeps pkg-config; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "$*"; exit 1; }

cd "$build"
"$cpack" -G DEB -B "$scratch/made" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
deb=$(find "$scratch/made" -maxdepth 1 -name '*.deb')
dpkg-deb -I "$deb"
field() { dpkg-deb -f "$deb" "$1"; }
[ "$(field Package)" = nnrun ] || fail "the package is called $(field Package)"
# of the program and the libraries, as dpkg-shlibdeps finds them
for library in libc6 libstdc++6 libyaml-cpp libpng16-16 libjpeg zlib1g; do
  case $(field Depends) in *"$library"*) ;; *) fail "it does not depend on $library: $(field Depends)" ;; esac
done
# `nnrun serve` and the exchange mpi do without, and say so
for library in openmpi httplib; do
  case $(field Depends) in *"$library"*) fail "it depends on $library: $(field Depends)" ;; esac
done
if [ -e nnrun_http.so ]; then
  case $(field Recommends) in *httplib*) ;; *) fail "it recommends $(field Recommends) alone" ;; esac
fi
if [ -e plugins/mpi.so ]; then
  case $(field Recommends) in *mpi*) ;; *) fail "it recommends $(field Recommends) alone" ;; esac
fi
dpkg-deb -I "$deb" triggers | grep -q 'activate-noawait ldconfig' || fail "ldconfig is not told of the library"
if command -v lintian >/dev/null; then
  # it reads the archive of a build without optimization for many minutes, that of a release in seconds
  status=0
  timeout 120 lintian --tag-display-limit 0 "$deb" >"$scratch/lintian" 2>&1 || status=$?
  cat "$scratch/lintian"
  [ "$status" != 124 ] || echo "not judged by lintian, which took more than two minutes"
  for tag in no-changelog extended-description-is-empty ldconfig-symlink-missing-for-shlib \
    package-must-activate-ldconfig-trigger malformed-contact; do
    ! grep -q ": $tag" "$scratch/lintian" || fail "lintian finds $tag"
  done
fi
strange=$(dpkg-deb -c "$deb" | grep -Ev '^(d|-)rw[x-]r-[x-]r-[x-] root/root |^l' || true)
[ -z "$strange" ] || fail "odd rights or owners: $strange"

dpkg-deb -x "$deb" "$scratch/root"
usr=$scratch/root/usr
for file in bin/nnrun lib/libnnrun.so lib/nnrun/plugins/layers.so lib/pkgconfig/nnrun.pc \
  lib/libnnrun.a lib/nnrun/static/layers.o lib/cmake/nnrun/nnrun-config.cmake include/nnrun/nnrun.h include/nnrun/run.hpp include/nnrun/plugin.hpp \
  share/man/man1/nnrun.1 share/doc/nnrun/copyright share/bash-completion/completions/nnrun \
  share/zsh/vendor-completions/_nnrun share/fish/vendor_completions.d/nnrun.fish \
  share/doc/nnrun/changelog.gz share/doc/nnrun/CHANGELOG.md share/doc/nnrun/examples/train.c share/doc/nnrun/examples/configs/diagonal.yaml; do
  [ -s "$usr/$file" ] || fail "usr/$file is missing"
done
! grep -rlF "$build" "$usr/lib/pkgconfig" "$usr/lib/cmake" "$usr/share" || fail "these name the build folder"
bash -n "$usr/share/bash-completion/completions/nnrun"

# The program, and programs over the library, need nothing but what is unpacked.
cd "$scratch"
"$usr/bin/nnrun" -q "$usr/share/doc/nnrun/examples/configs/diagonal.yaml" --out run
examples=$usr/share/doc/nnrun/examples
flags=$(PKG_CONFIG_PATH=$usr/lib/pkgconfig pkg-config --cflags --libs nnrun)
# shellcheck disable=SC2086 # they are several
c++ -std=c++20 "$examples/predict.cpp" $flags -Wl,-rpath,"$usr/lib" -o predict
# shellcheck disable=SC2086
cc -std=c99 -pedantic "$examples/train.c" $flags -Wl,-rpath,"$usr/lib" -o train
./predict run 0.5,0.01 | grep '1\.93147111786'
./train "$examples/configs/diagonal-bias.yaml" model.safetensors | grep 'epoch 1: '
./predict model.safetensors 0.5,0.01
if python3 -c 'import ctypes' 2>/dev/null; then
  python3 "$examples/predict.py" "$usr/lib/libnnrun.so" run 0.5,0.01 | grep '1\.93147'
fi

# Plugins built into a program, which then loads none; and a program without any shared library.
found() { # found NAME OPTION...
  name=$1; shift
  cmake -S found -B "found/$name" -DEXAMPLES="$examples" -DCMAKE_PREFIX_PATH="$usr" \
    -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF "$@" >said 2>&1 && cmake --build "found/$name" >>said 2>&1
}
mkdir found && cat >found/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(found LANGUAGES C CXX)
find_package(nnrun 0.1 REQUIRED)
add_executable(predict "${EXAMPLES}/predict.cpp")
target_link_libraries(predict PRIVATE nnrun::nnrun)
nnrun_add_plugin(mine SOURCES mine.cpp)
add_executable(built_in "${EXAMPLES}/built_in.c")
nnrun_add_built_in(built_in ${HOW} mine article activations costs gradients initializers layers metrics
  optimizers randoms images datasets ${MORE})
END
cat >found/mine.cpp <<'END'
#include <nnrun/plugin.hpp>
struct Mine : nnrun::Activation {
  static constexpr auto name = "mine", doc = "x * sigmoid(x)";
  auto f(auto x) const { return x * sigmoid(x); }
};
NNRUN_REGISTER(Mine)
END
sed 's/activation: sigmoid/activation: mine/' "$examples/configs/diagonal.yaml" >mine.yaml
found shared || { cat said; fail "the examples are not built by CMake"; }
found/shared/predict run 0.5,0.01 | grep '1\.93147111786'
found/shared/built_in "$examples/configs/diagonal.yaml" 0.5,0.01 | grep '1\.93147111786'
! found none -DMORE=nothing_of_that || fail "a set that is not there was built in"
grep -q "there is no set 'nothing_of_that'; there are" said || { cat said; fail "the sets are not named"; }
if [ -e /usr/lib/"$(cc -print-multiarch)"/libyaml-cpp.a ] && [ -e /usr/lib/"$(cc -print-multiarch)"/libnettle.a ]; then
  found static -DHOW=STATIC || { cat said; fail "the examples are not built without shared libraries"; }
  ! readelf -l found/static/built_in | grep -q INTERP || fail "it asks for shared libraries"
  found/static/built_in "$examples/configs/diagonal.yaml" 0.5,0.01 | grep '1\.93147111786'
  found/static/built_in mine.yaml 0.5,0.01
  # and by hand
  static=$(PKG_CONFIG_PATH=$usr/lib/pkgconfig pkg-config --static --cflags --libs nnrun)
  objects=$(PKG_CONFIG_PATH=$usr/lib/pkgconfig pkg-config --variable=builtindir nnrun)
  # shellcheck disable=SC2086
  cc -static -std=c99 -pedantic "$examples/built_in.c" "$objects"/*.o $static -lpng -lz -o by_hand >said 2>&1 ||
    { cat said; fail "pkg-config's flags do not link built_in.c"; }
  ./by_hand "$examples/configs/diagonal.yaml" 0.5,0.01 | grep '1\.93147111786'
else
  echo "not linked without shared libraries: libyaml-cpp.a or libnettle.a is not installed"
fi

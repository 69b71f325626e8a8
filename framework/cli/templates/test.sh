#!/bin/sh
# The library keeps the laws of its kind, and its config trains. usage: ./test.sh [LIBRARY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
library=$(realpath "${1:-$here/new_thing.so}")
nnrun=${NNRUN:-@NNRUN@}
@FILE_OF_CONFIG@
"$nnrun" check "$library"@GIVEN_HERE@
"$nnrun" train "$here/new_thing.yaml" --set "plugins=[$library]" --quiet@WITH@

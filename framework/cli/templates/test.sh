#!/bin/sh
# The library loads, and its config is right and trains. usage: ./test.sh [LIBRARY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
library=$(realpath "${1:-$here/new_thing.so}")
nnrun=${NNRUN:-@NNRUN@}

"$nnrun" check "$here/new_thing.yaml" --set "plugins=[$library]"
"$nnrun" train "$here/new_thing.yaml" --set "plugins=[$library]" --quiet

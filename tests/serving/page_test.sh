#!/bin/sh
# The live page in a headless Chromium, used as people use it. Skipped, saying why, where something
# is missing.
# usage: page_test.sh NNRUN SCRATCH [TEST ARGUMENT...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "skipped: $1"; exit 77; }
browser=
for name in /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  [ -x "$name" ] && browser=$name && break
done
[ -n "$browser" ] || skip "no Chromium"
command -v node >/dev/null || skip "no node"
[ -e "$(dirname "$1")/nnrun_http.so" ] || skip "built without cpp-httplib"
rm -rf "$2"
mkdir -p "$2"
cd "$2"
nnrun=$1
test=${3:-page_test.mjs}
shift 2
[ $# -eq 0 ] || shift
exec node "$here/$test" "$browser" "$nnrun" "$@"

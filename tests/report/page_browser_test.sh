#!/bin/sh
# Pages in a headless Chromium. Skipped, saying why, where there is no browser, Node or registry.
# usage: page_browser_test.sh NNRUN TEST_PROGRAM SCRATCH
set -eu
nnrun=$1 tests=$2 scratch=$3
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "skipped: $1"; exit 77; }
browser=
for name in /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  [ -x "$name" ] && browser=$name && break
done
[ -n "$browser" ] || skip "no Chromium"
command -v node >/dev/null && command -v npm >/dev/null || skip "no node and npm"
mkdir -p "$scratch"
cd "$scratch"
if [ ! -d node_modules/playwright-core ]; then
  echo '{"private": true}' >package.json
  npm install --no-audit --no-fund --fetch-retries=0 playwright-core@1.65.1 >npm.log 2>&1 ||
    skip "npm cannot install playwright-core: $(tail -n 1 npm.log)"
fi
rm -rf run pages && mkdir pages
"$nnrun" -q "$here/../../configs/diagonal-minibatch.yaml" --out run
NNRUN_PAGES=$scratch/pages "$tests" "pages are written for a browser"
node "$here/page_test.mjs" "$browser" "$scratch" run/report.html pages/*.html

#!/bin/sh
# Two types of one name in one namespace compile, link, and then share each other's constructors and
# vectors. All types of the framework's headers are in one namespace: no name twice.
# usage: names_check.sh CHECKOUT
set -eu
cd "$1/framework"
twice=$(grep -hoE '^(struct|class) [A-Za-z]+( final)?( :|:|$| \{)' */*.hpp | awk '{ print $2 }' | sort | uniq -d)
[ -z "$twice" ] && exit
for name in $twice; do grep -nE "^(struct|class) $name( final)?( :|:|$| \{)" */*.hpp; done
exit 1

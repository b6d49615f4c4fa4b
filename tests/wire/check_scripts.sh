#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Every method, and every error that a peer can cause, has its wire script. Prints TAP.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
top=$here/../..
number=0
code=0

# check WHAT COMMAND...
check() {
	local what=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - $what"
	else
		echo "not ok $number - $what"
		code=1
	fi
}

while read -r method; do
	check "$method has a script that calls it" grep -qs "call $method\b" "$here/$method.wire"
done < <(sed -n 's/^M( *\([a-z]*\), *\([a-z_]*\),.*/\1.\2/p' "$top/proto/method.def")

# From 100 on it takes more than a peer.
while read -r value name; do
	if [ "$value" -ge 1 ] && [ "$value" -le 99 ]; then
		check "$name has a script that expects it" grep -qsE "(fail|closed) $name\b" "$here/$name.wire"
	fi
done < <(sed -n 's/^E( *\([0-9]*\), *\([A-Z_]*\),.*/\1 \2/p' "$top/common/err.def")

check "there are methods and errors" test "$number" -gt 90
echo "1..$number"
exit "$code"

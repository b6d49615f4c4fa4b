# SPDX-License-Identifier: Apache-2.0
# TAP for shell scripts; sourced.
# shellcheck shell=bash

tap_number=0
tap_failed=0
tap_out=$(mktemp)
tap_err=$(mktemp)

# says NAME COMMAND...: succeeds where the command does; its output is in $out and $err afterwards.
says() {
	exits 0 "$@"
}

# exits CODE NAME COMMAND...
exits() {
	local wanted=$1 name=$2 code=0
	shift 2
	"$@" >"$tap_out" 2>"$tap_err" || code=$?
	# shellcheck disable=SC2034 # the script that sources this reads them
	out=$(<"$tap_out") err=$(<"$tap_err")
	if [ "$code" -ne "$wanted" ]; then
		report 1 "$name"
		printf '# exit code %s, expected %s: %s\n' "$code" "$wanted" "$*"
		sed 's/^/# out: /' "$tap_out" | head -n 20
		sed 's/^/# err: /' "$tap_err" | head -n 20
		return 0
	fi
	report 0 "$name"
}

# holds NAME TEXT PATTERN: the text has the pattern in it (a bash pattern, without the stars).
holds() {
	# shellcheck disable=SC2053 # it is a pattern
	if [[ $2 == *$3* ]]; then
		report 0 "$1"
	else
		report 1 "$1"
		printf '# no "%s" in:\n' "$3"
		printf '%s\n' "$2" | sed 's/^/# /' | head -n 20
	fi
}

# equals NAME ACTUAL EXPECTED
equals() {
	if [ "$2" = "$3" ]; then
		report 0 "$1"
	else
		report 1 "$1"
		printf 'actual   %s\nexpected %s\n' "$2" "$3" | sed 's/^/# /'
	fi
}

report() {
	tap_number=$((tap_number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_number - $2"
	else
		echo "not ok $tap_number - $2"
		tap_failed=$((tap_failed + 1))
	fi
}

# The plan, and the exit code of the script.
tap_end() {
	echo "1..$tap_number"
	rm -f "$tap_out" "$tap_err"
	[ "$tap_failed" -eq 0 ]
}

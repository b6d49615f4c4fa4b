# SPDX-License-Identifier: Apache-2.0
# The clocks of the complaint $number, as a leader sees them. Sourced by stories.
# shellcheck shell=bash

# shows PATTERN: $out of complaint get --json, as soon as it has the pattern; clocks come a moment after their step.
shows() {
	local i
	for ((i = 0; i < 200; i++)); do
		out=$(leader --json complaint get "$number" | tr -d '\n ')
		if grep -qE "$1" <<<"$out"; then
			return
		fi
		sleep 0.05
	done
	return 1
}

# time_of NAME: a number of the complaint itself.
time_of() {
	grep -oE "\"$1\":\"?[0-9]+" <<<"$out" | head -n 1 | grep -oE '[0-9]+$'
}

# clock NAME FIELD: a number of one of its clocks.
clock() {
	grep -oE "\{\"number\":\"$1\"[^}]*\}" <<<"$out" | grep -oE "\"$2\":\"?[0-9]+" | grep -oE '[0-9]+$'
}

minutes() { # TO FROM
	echo $((($1 - $2) / 60000000))
}

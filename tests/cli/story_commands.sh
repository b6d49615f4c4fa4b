#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     tests/cli/story_commands.sh client/admin/command.def
#
# Every command of the table is used by somebody in one of the stories beside this file, so none is only known
# from its help. That they are used rightly is what the stories themselves say.
set -euo pipefail
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

# Somebody, the options of every command, and then the words: desk --lang zh_CN WORDS …
# shellcheck disable=SC2016 # as it stands in places.sh
who='(cli|admin|here|desk|leader|neighbour|officer|manager|director|inspector|auditor|plumber|apprentice|owner|"\$guanjia")'
option='( --(profile|lang) [^ ]+| --json)*'
lines=$(cat "$(dirname "$0")"/story*.sh "$(dirname "$0")"/places.sh "$(dirname "$0")"/top.sh | tr -d "'" | grep -E "$who " || true)

count=0
while read -r words; do
	used=1
	grep -qE "(^|[ (])$who$option $words([ )]|\$)" <<<"$lines" && used=0
	report $used "guanjia $words"
	count=$((count + 1))
done < <(sed -n 's/^C([^"]*"\([^"]*\)".*/\1/p' "$1")
equals "each row of the table was read" "$count" "$(grep -c '^C(' "$1")"
tap_end

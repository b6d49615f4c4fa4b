# SPDX-License-Identifier: Apache-2.0
# What `scripts/up --story` adds: an import, and one complaint from the phone call to its close. Uses cli
# and the names of scripts/up.
# shellcheck shell=bash disable=SC2154

# show WORD...: as one would type it.
show() {
	local word
	printf '\n$ guanjia'
	for word in "$@"; do
		case $word in
		*' '*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
}

# as PROFILE COMMAND...: shows the command, then what it answers.
as() {
	show --profile "$@"
	cli "$@" 2>&1
}

import_messages() {
	local file=${GUANJIA_MESSAGES:-../shared/data/cn_property_messages.csv}
	if [ ! -r "$file" ]; then
		[ -z "${GUANJIA_MESSAGES:-}" ] || die "$file cannot be read"
		file=docs/demo/messages.csv
	fi
	as service complaint import "$file" --source "$(basename "$file" .csv)"
}

story() {
	local day number answer
	day=$(TZ=Asia/Shanghai date -d tomorrow +%F)
	import_messages
	# Asked for as JSON once, because the number is needed below.
	set -- complaint submit --kind complaint --channel phone --urgency high \
		--title 3号楼电梯停在七层 --text '3号楼2单元的电梯停在七层不动，楼里有老人下不去。'
	show --profile service --json "$@"
	answer=$(cli service --json "$@")
	printf '%s\n' "$answer"
	number=$(printf '%s' "$answer" | python3 -c 'import json, sys; print(json.load(sys.stdin)["number"])')
	as leader complaint accept "$number"
	as leader complaint book "$number" --from "$day 09:00" --to "$day 11:00"
	as leader complaint dispatch "$number" --crew "$crew"
	as crew complaint arrive "$number"
	as crew complaint "done" "$number" --result '更换门机皮带，试运行三十次正常。'
	as leader complaint verify "$number"
	as service complaint confirm "$number" --rating 5
	as service complaint get "$number"
}

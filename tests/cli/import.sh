#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/import.sh
#
# Files of messages that people really have: with replies, imported before without them, in another
# encoding; and files that are broken, each of which is one clear error, and nothing of it is sent.
# Messages and people are invented.
set -euo pipefail
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

if [ -z "${GUANJIA_TEST_SERVER:-}" ]; then
	echo "1..0 # SKIP no server: GUANJIA_TEST_SERVER, see tests/cli/serve.sh"
	exit 0
fi
guanjia=$(realpath "${GUANJIA:?the program to test}")
run=$(date +%s)$$
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GUANJIA_HOME=$work/home LC_ALL=C.UTF-8
unset GUANJIA_PROFILE LANGUAGE
community=银杏里$run
header=msg_id,created_at,title,detail
pair=$header,reply,replied_at
file=$work/file.csv

cli() { "$guanjia" "$@"; }
desk() { cli --profile desk "$@"; }
import() { desk complaint import "$file" --source "$run" "$@"; }
there() { desk --json complaint list --all | grep -o '"number"' | wc -l; }

says "an administrator" cli profile add admin --server "$GUANJIA_TEST_SERVER" \
	--ca "$GUANJIA_TEST_CA" --login "$GUANJIA_TEST_ADMIN"
says "... logs in" cli --profile admin login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
says "a community" cli --profile admin community add "$community"
echo password-of-desk >"$work/password"
says "customer service" cli --profile admin account add "desk$run" --name 阿依古丽 \
	--password-file "$work/password"
says "... may import" cli --profile admin grant add "desk$run" customer-service \
	--community "$community"
says "... has a profile" cli profile add desk --server "$GUANJIA_TEST_SERVER" \
	--ca "$GUANJIA_TEST_CA" --login "desk$run" --community "$community"
says "... logs in" desk login --password-file "$work/password"

# ---- replies

cat >"$file" <<-CSV
	$header
	r1,2026-05-04 08:00,水管漏水,厨房水管漏水，请派人来
	r2,2026-05-04 09:00,电梯停了,二单元电梯停在五楼
	r3,2026-05-04 10:00,路灯不亮,花园里三盏路灯不亮
CSV
says "a file without replies" import
holds "... is to be worked on" "$out" "submitted 3, closed with their answer 0"
cat >"$file" <<-CSV
	$pair,kw_primary
	r1,2026-05-04 08:00,水管漏水,厨房水管漏水，请派人来,,,water_supply
	r2,2026-05-04 09:00,电梯停了,二单元电梯停在五楼,已修复,2026-05-05 11:30,elevator
	r3,2026-05-04 10:00,路灯不亮,花园里四盏路灯不亮,已更换,2026-05-06 10:00,power
	r4,2026-05-04 11:00,垃圾没清运,六号楼的垃圾两天没清运,"已清运，
	加派一班",2026-05-04 15:00,sanitation
	r5,2026-05-04 12:00,停车占位,地下车库车位被占,,,parking
CSV
exits 66 "the same with replies, and one text that has changed" import
holds "... says what was there without its answer" "$err" \
	"row 3, reply: already there, imported before without its answer"
holds "... and what is something else now" "$err" "row 4: this key was used before"
holds "... counts each row once" "$out" "rows 5, sent 2, already there 2, bad 0, failed 1"
holds "... and those without" "$out" "of those already there, 1 was imported before without its answer"
holds "... what was sent by state" "$out" "submitted 1, closed with their answer 1"
holds "... and by group" "$out" "Sanitation  1"
exits 66 "once more" desk --json complaint import "$file" --source "$run"
holds "... the same for programs" "$out" '"already_there": 4'
holds "... by number" "$out" '"already_there_without_answer": 1'
holds "... and by row" "$(tr -d '\n ' <<<"$out")" \
	'{"row":3,"column":"reply","reason":"IMPORTED_WITHOUT_ANSWER"}'
equals "nothing is there twice" "$(there)" 5
says "the closed one" desk --json complaint list --state closed
id=$(grep -o '"complaint_id":"[^"]*"' <<<"$out" | cut -d '"' -f 4)
says "... has its answer" desk complaint get "$id"
holds "... whole" "$out" "加派一班"
holds "... its time" "$out" "2026-05-04 15:00"
holds "... and how it was closed" "$out" "import"

# ---- what is wrong with replies

cat >"$file" <<-CSV
	$pair
	b1,2026-05-04 08:00,灯,灯坏了,已修,2026-05-04 07:59
	b2,2026-05-04 08:00,灯,灯坏了,已修,2999-01-01
	b3,2026-05-04 08:00,灯,灯坏了,已修,
	b4,2026-05-04 08:00,灯,灯坏了,,2026-05-05
	b5,2026-05-04 08:00,灯,灯坏了,已修,2026-05-05,多一格
	b6,2026-05-04 08:00,灯,灯坏了
CSV
exits 66 "replies that cannot be" import
holds "... before it was asked" "$err" "row 2, replied_at: is before created_at"
holds "... out of range" "$err" "row 3, replied_at: is out of range"
holds "... without a time" "$err" "row 4, replied_at: is empty, but there is a reply"
holds "... a time alone" "$err" "row 5, reply: is empty, but there is a time of it"
holds "... a comma too many" "$err" "row 6: has more cells than the header"
holds "... nothing is sent" "$err" "5 bad rows: nothing was sent"
sed -i 's/2999-01-01/2040-01-01/' "$file"
exits 66 "a reply of tomorrow" import
holds "... is none" "$err" "row 3, replied_at: is in the future"

# ---- files that are broken: NAME PATTERN [options], the file is there

broken() {
	local name=$1 pattern=$2
	shift 2
	exits 66 "$name" import "$@"
	holds "... is said" "$err" "$pattern"
	equals "... in one error" "$(grep -c '^guanjia: the input cannot be used' <<<"$err")" 1
	equals "... and nothing is counted as sent" "$out" ""
}
rows() { # COUNT: Chinese rows
	local i
	for ((i = 0; i < $1; i++)); do echo "x$i,2026-05-04 08:00,电梯,电梯坏了"; done
}
: >"$file"
broken "an empty file" "the file has no header"
echo "$header" >"$file"
broken "a header alone" "the file has no rows"
{ echo msg_id,created_at,title && rows 3; } >"$file"
broken "a missing column" "the header has no column 'detail'"
{ echo "$header,reply" && rows 3; } >"$file"
broken "a reply column alone" "the header has no column 'replied_at'"
{ echo "$header,title" && rows 3; } >"$file"
broken "a column twice" "the header has the column 'title' twice"
{ echo "$header" && rows 3 && echo 'x9,2026-05-04 08:00,"灯,灯坏了' && rows 3; } >"$file"
broken "a quote that is not closed" "row 5: a quote inside a cell, or one that is not closed"
{ echo "$header" && rows 3; } | iconv -t GB18030 >"$file"
broken "GB18030 read as UTF-8" "3 of 3 rows are not UTF-8"
holds "... with what to do" "$err" "--encoding GB18030"
broken "... even where bad rows are passed over" "3 of 3 rows are not UTF-8" --skip-bad
{ echo "编号,$header" && rows 3; } | iconv -t GB18030 >"$file"
broken "... with a Chinese heading" "the header is not text in UTF-8"
{ echo "$header" && rows 3; } >"$file"
broken "UTF-8 read as GB18030" "the file is UTF-8, not what --encoding says" --encoding GB18030
broken "an encoding that is none" "--encoding is not known" --encoding KLINGON
iconv -t UTF-16 "$file" >"$work/utf16" && mv "$work/utf16" "$file"
broken "UTF-16" "the header is not text in UTF-8"
{ echo "$header" && rows 1 && printf 'x9,2026-05-04 08:00,a\0b,c\n'; } >"$file"
exits 66 "a zero byte" import
holds "... is said with its row" "$err" "row 3, title: holds the character U+0000"
holds "... and nothing is sent" "$err" "1 bad row: nothing was sent"
{ echo "$header" && rows 1 && yes x, | head -n 1000000 | tr -d '\n' && echo; } >"$file"
broken "a million columns" "row 3 has more than 256 columns"
{ echo "$header" && printf 'x9,2026-05-04 08:00,灯,' && head -c 100000000 /dev/zero | tr '\0' x; } >"$file"
broken "100 MB in one cell" "row 2: a cell is larger than 1 MiB"
{ echo "$header" && head -c 135000000 /dev/zero; } >"$file"
broken "a file over the limit" "File too large"
rm "$file"
broken "no file" "No such file or directory"
equals "of all these nothing is there" "$(there)" 5
tap_end

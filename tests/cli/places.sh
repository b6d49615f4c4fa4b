#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/places.sh
#
# Places by the command line against a running server (serve.sh): one by one, from files good and bad, and
# from team to team. After every refusal nothing is there that was not before. People are invented.
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
community=枫林苑$run
admin() { "$guanjia" --profile admin "$@"; }
here() { admin "$@" --community "$community"; }
count() { here place list --all --json | grep -c '"place_id"'; }

says "profile" "$guanjia" profile add admin --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA" \
	--login "$GUANJIA_TEST_ADMIN"
says "log in" admin login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
says "a community with a contact" admin community add "$community" --contact '服务台 0571-0000 0000'
says "a team" here team add 枫林一组
says "another" here team add 枫林二组
says "a crew with trades" admin crew add "水电班$run" --trade plumbing,electricity
says "its trades change" admin crew change "水电班$run" --trade lift
exits 64 "a trade that there is not" admin crew change "水电班$run" --trade magic
says "places are listed" admin community list --lang zh_CN
holds "... with the contact" "$out" "服务台 0571-0000 0000"
holds "... and the trades" "$out" "电梯"

# ---- one by one

says "a building" here place add 9 --kind building --name 九号楼
says "an entrance" here place add 9-1 --kind 单元 --parent 9 --lang zh_CN
exits 65 "a dwelling in a building" here place add 9-101 --kind dwelling --parent 9
holds "... says where" "$err" "--parent"
exits 82 "a code that is taken" here place add 9 --kind gate
exits 66 "a parent that is not there" here place add x --kind gate --parent 88
holds "... is named" "$err" "88"
exits 64 "a kind that there is not" here place add x --kind castle

# ---- files

cat >"$work/bad.csv" <<'CSV'
类型,编码,名称,上级,小组
楼栋,1,,,
单元,1-1,,1,枫林一组
户,1-1-101,,1-9,
城堡,城堡,,,
大门,9,,,枫林三组
CSV
before=$(count)
exits 66 "a file with bad rows" here place import "$work/bad.csv"
holds "... names the row of a parent that is not there" "$err" "4    parent  no row and no place has this code"
holds "... of a kind that is none" "$err" "5    kind    is no kind of place"
holds "... of a code that is taken" "$err" "6    code    another row or place has this code already"
holds "... of a team that is not there" "$err" "6    team    the community has no such butler team"
holds "... and counts them" "$err" "3 bad rows: nothing was imported"
equals "... and nothing of it is there" "$(count)" "$before"
exits 66 "the same for programs" here place import "$work/bad.csv" --json
equals "... by row, column and code" "$(tr -d ' \n' <<<"$out" | grep -o '{"row":4,"column":"parent","code":"NOT_FOUND"')" \
	'{"row":4,"column":"parent","code":"NOT_FOUND"'
exits 66 "the same in Chinese" here place import "$work/bad.csv" --lang zh_CN
holds "... says why" "$err" "不是地点类型"

grep -v '城堡\|^大门' "$work/bad.csv" | sed 's/1-9/1-1/' >"$work/good.csv"
says "a dry run of a good file" here place import "$work/good.csv" --dry-run
holds "... finds every row good" "$out" "rows 3, of them with a butler team 1: every one is good"
equals "... and nothing of it is there" "$(count)" "$before"
says "the import" here place import "$work/good.csv" --from 2026-01-01
equals "... and all of it is there" "$(count)" "$((before + 3))"
exits 66 "once more" here place import "$work/good.csv"
holds "... finds every code taken" "$err" "3 bad rows"
says "a dwelling" here place get 1-1-101
holds "... is its entrance's team's" "$out" "枫林一组"

(printf '\xEF\xBB\xBF' && printf 'code,kind\r\n南门,gate\r\n') >"$work/mark.csv"
says "a file with a byte order mark" here place import "$work/mark.csv"
printf '类型,编码\n花园,中心花园\n' | iconv -t GB18030 >"$work/gb.csv"
exits 66 "a file in another encoding" here place import "$work/gb.csv"
holds "... is told how" "$err" "--encoding GB18030"
says "... and goes with it" here place import "$work/gb.csv" --encoding GB18030

before=$(count)
broken() { # NAME TEXT: one clear error
	exits 66 "$1" here place import "$work/broken.csv"
	equals "... in one line" "$(wc -l <<<"$err")" 1
	holds "... that says why" "$err" "$2"
}
: >"$work/broken.csv"
broken "an empty file" "no header"
printf 'kind,code\n' >"$work/broken.csv"
broken "a header alone" "no rows"
printf 'gate,a\ngate,b\n' >"$work/broken.csv"
broken "no header" "no column 'kind'"
printf 'kind,code\ngate,"a\n' >"$work/broken.csv"
broken "a quote that is not closed" "quote"
printf 'kind,code\ngate,a\0b\n' >"$work/broken.csv"
broken "a NUL" "row 2 is not UTF-8"
head -c 1000000 /dev/zero | tr '\0' ',' >"$work/broken.csv"
broken "a million columns" "row 1 has more than 256 columns"
(echo kind,code && seq -f 'gate,%.0f' 10001) >"$work/broken.csv"
broken "too many rows" "10001 rows"
exits 66 "a file that is not there" here place import "$work/nothing.csv"
exits 64 "a day that there is not" here place import "$work/good.csv" --from 2026-02-30
equals "nothing of all that is there" "$(count)" "$before"

(echo kind,code,parent && echo building,大楼, && seq -f 'entrance,大楼-%.0f,大楼' 9999) >"$work/many.csv"
says "ten thousand rows at once" here place import "$work/many.csv"
equals "... are all there" "$(count)" "$((before + 10000))"

# ---- from team to team

says "an entrance goes to the other team" here patch assign 1-1,南门 --team 枫林二组
says "... whose the dwelling is then" here place get 1-1-101
holds "... at once" "$out" "枫林二组"
says "the history" here patch list --place 1-1-101
holds "... begins with the first" "$out" "2026-01-01"
equals "... and has both" "$(grep -c 枫林 <<<"$out")" 2
says "for programs" here patch list --team 枫林二组 --json
holds "... with days as numbers" "$out" '"from_day":20'
exits 65 "a day that is over" here patch assign 1-1 --team 枫林一组 --from 2026-02-01
holds "... is named by its option" "$err" "--from"
exits 65 "a dwelling is in no patch" here patch assign 1-1-101 --team 枫林一组
exits 64 "whose history" here patch list
says "what nobody has" here place list --without-team --kind garden
holds "... is the garden" "$out" "中心花园"
says "what a team has" here place list --team 枫林二组 --prefix 1
equals "... is the entrance and its dwelling" "$(grep -c 枫林 <<<"$out")" 2

# ---- members

echo "password-of-gate" >"$work/gate"
says "a person" admin account add "li.yan$run" --name 李砚 --password-file "$work/gate"
says "leads one team" here grant add "li.yan$run" leader --team 枫林一组
says "and the other from a day to a day" here grant add "li.yan$run" leader --team 枫林二组 \
	--from 2030-01-01 --to 2030-02-01
exits 65 "not twice at one time" here grant add "li.yan$run" leader --team 枫林二组 --from 2030-01-15
holds "... says which" "$err" "--from"
says "the members" here team members 枫林二组
holds "... are dated" "$out" "2030-02-01"
holds "... and named" "$out" "李砚"
tap_end

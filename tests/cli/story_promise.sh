#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story_promise.sh
#
# What is promised, against a running server (serve.sh; product.md row C8): a set is exported, changed, proposed by one
# person and approved by another, and complaints keep the one of their day; holidays are loaded and clocks that lacked
# them are reckoned again; service hours change; a pause of more than a week is the manager's. After every refusal
# nothing is there that was not before.
set -euo pipefail
# shellcheck source=tests/cli/story_people.sh
. "$(dirname "$0")/story_people.sh"
# shellcheck source=tests/cli/clocks.sh
. "$(dirname "$0")/clocks.sh"

today=$(TZ=Asia/Shanghai date +%F)
year=${today%%-*}
next_year=$((year + 1))
sets() { admin promise list | wc -l; }

settle
person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader 王建国 leader --team "$team" --community "$community"
person manager 孙向东 manager --community "$community"
person director 钱立群 director
here() { admin "$@" --community "$community"; }

# ---- service hours: the whole day, so that what follows does not hang on the hour

exits 64 "no time of day" here community hours --open 8h --close 20:30
exits 65 "less than an hour" here community hours --open 08:00 --close 08:30
holds "... names the option" "$err" "--close"
exits 77 "a leader" leader community hours --open 08:00 --close 20:00
says "the manager sets them" manager community hours --open 00:00 --close 24:00
exits 80 "who saw them before" manager community hours --open 09:00 --close 18:00 --version 1
says "the list" admin community list
holds "... shows them" "$out" "00:00-24:00"

# ---- a set, changed

submit "of the old set" --kind complaint --place 1-1-101 --text '楼道灯不亮'
shows '"clocks":\[' || true
equals "accept within half an hour" "$(minutes "$(clock ACCEPT due_us)" "$(clock ACCEPT from_us)")" 30
old=$number
says "the set in force" manager promise show
holds "... has a repair's emergency" "$out" "emergency"
says "in Chinese" manager promise show --lang zh_CN
holds "... too" "$out" "紧急"
says "it is exported" manager promise export
printf '%s\n' "$out" >"$work/set.csv"
equals "... with a header and its rows" "$(wc -l <"$work/set.csv")" 16
sed 's/^COMPLAINT,,,NORMAL,service_hours,15,30,/COMPLAINT,,,HIGH,service_hours,15,45,/' "$work/set.csv" |
	grep -v '^COMPLIMENT' >"$work/less.csv"
before=$(sets)
exits 66 "without compliments" manager promise propose "$work/less.csv" --from "$today" --note 试行
holds "... says what lacks" "$err" "no row fits every complaint of the kind: compliment"
cat >"$work/bad.csv" <<'CSV'
类型,子类,渠道,紧急程度,计时,回执,受理,预约,到场,建议,办结,回访
投诉,,,一般,service_hours,15,半小时,,,,,
投诉,,,一般,夜里,15,30,,,,,
城堡,,,一般,service_hours,15,30,,,,,
CSV
exits 66 "a file that cannot be read" manager promise propose "$work/bad.csv" --from "$today" --note 试行 --lang zh_CN
holds "... by row and column" "$err" "2   accept_min  既不是分钟数"
holds "... each" "$err" "3   clock"
holds "... of them" "$err" "4   kind"
(head -n 1 "$work/set.csv" && echo ',,,NORMAL,service_hours,0,30,A,,,X-60,' && echo ',,,NORMAL,service_hours,,,,,,,') \
	>"$work/bad.csv"
exits 66 "what the server finds" manager promise propose "$work/bad.csv" --from "$today" --note 试行
holds "... no time" "$err" "2    ack_min      is not between 1 and 129600 minutes"
holds "... an appointment that ends nothing" "$err" "2    book_min"
holds "... a deadline of nobody" "$err" "2    resolve_min"
holds "... and the same twice" "$err" "3    kind         another row has the same"
exits 66 "for programs" manager promise propose "$work/bad.csv" --from "$today" --note 试行 --json
equals "... by row, column and code" \
	"$(tr -d ' \n' <<<"$out" | grep -oE '"column":"ack_min","code":"FIELD_RANGE"')" '"column":"ack_min","code":"FIELD_RANGE"'
exits 65 "from yesterday on" manager promise propose "$work/set.csv" --from "$yesterday" --note 试行
holds "... names the option" "$err" "--from"
exits 77 "by a leader" leader promise propose "$work/set.csv" --from "$today" --note 试行

sed 's/^COMPLAINT,,,NORMAL,service_hours,15,30,/COMPLAINT,,,HIGH,working_days,15,45,/' "$work/set.csv" >"$work/new.csv"
says "a dry run" manager promise propose "$work/new.csv" --from "$today" --note 试行 --dry-run
holds "... shows what changes" "$out" "accept_min  30"
holds "... each of it" "$out" "3 changes against what is in force"
says "a dry run of what is in force" manager promise propose "$work/set.csv" --from "$today" --note 试行 --dry-run
holds "... changes nothing" "$out" "0 changes"
equals "nothing of all that is there" "$(sets)" "$before"

# ---- proposed by one, approved by another

says "it is proposed" manager promise propose "$work/new.csv" --from "$today" --note '试行四十五分钟' --key "$(key 1)"
set_no=$out
says "once more with its key" manager promise propose "$work/new.csv" --from "$today" --note '试行四十五分钟' --key "$(key 1)"
equals "... is the same" "$out" "$set_no"
exits 77 "the manager does not approve" manager promise approve "$set_no"
says "the director proposes one too" director promise propose "$work/new.csv" --from "$tomorrow" --note 自己的
own=$out
exits 77 "... but does not approve it" director promise approve "$own"
holds "... since somebody else has to" "$err" "somebody else"
exits 80 "an old version" director promise approve "$set_no" --version 7
says "the director approves the manager's" director promise approve "$set_no"
exits 81 "once" director promise approve "$set_no"
says "takes the own one back" director promise withdraw "$own"
says "the manager proposes for the same day" manager promise propose "$work/set.csv" --from "$tomorrow" --note 再议
says "turned down" director promise reject "$out" --reason '暂不调整'
says "the list" director promise list
holds "... has the one in force" "$out" "in force"
holds "... and who decided" "$out" "钱立群"
exits 66 "of the same day" manager promise show 1000000

submit "of the new set" --kind complaint --place 1-1-102 --text '单元门关不上'
says "its clocks are provisional: no year is known" shows '"is_provisional":true'
shows '"clocks":\[' || true
new=$number
number=$old
shows '"clocks":\[' || true
equals "the old one keeps half an hour" "$(minutes "$(clock ACCEPT due_us)" "$(clock ACCEPT from_us)")" 30
equals "... and is not provisional" "$(grep -cE '"number":"ACCEPT"[^}]*"is_provisional":true' <<<"$out")" 0
number=$new

# ---- holidays

says "doctor" admin doctor
holds "... says which clocks" "$out" "$community 1 ($year"
says "for programs" admin --json doctor
equals "... warns" "$(tr -d ' \n' <<<"$out" | grep -oE '"name":"holidays","verdict":"[a-z]*"')" '"name":"holidays","verdict":"warn"'
saturday=$(for i in 1 2 3 4 5 6 7; do date -d "$year-02-0$i" '+%u %F'; done | sed -n 's/^6 //p')
monday=$(for i in 1 2 3 4 5 6 7; do date -d "$year-02-0$i" '+%u %F'; done | sed -n 's/^1 //p')
cat >"$work/bad.csv" <<CSV
date,kind,name
$year-01-01,off,元旦
$year-01-01,off,元旦
$monday,work,元旦
$year-02-30,off,节
$year-02-28,holiday,节
CSV
exits 66 "a file with bad days" admin holiday load "$work/bad.csv" --year "$year"
holds "... no such day" "$err" "5    date    is no day of the calendar"
holds "... neither off nor work" "$err" "6    kind    is neither off nor work"
grep -v 'holiday\|02-30' "$work/bad.csv" >"$work/worse.csv"
exits 66 "what the server finds" admin holiday load "$work/worse.csv" --year "$year"
holds "... the same day twice" "$err" "3    date    another row has this day"
holds "... a Monday that makes up" "$err" "4    kind    a day that makes up"
exits 66 "of another year" admin holiday load "$work/worse.csv" --year 2040
exits 66 "nothing is there" admin holiday show "$year"
printf '日期,类型,名称\n%s-01-01,休,元旦\n%s,班,元旦\n' "$year" "$saturday" >"$work/good.csv"
exits 77 "the manager may not" manager holiday load "$work/good.csv" --year "$year"
says "a dry run" admin holiday load "$work/good.csv" --year "$year" --dry-run
exits 66 "... loads nothing" admin holiday show "$year"
says "the year" admin holiday load "$work/good.csv" --year "$year"
printf 'date,kind,name\n%s-01-01,true,元旦\n' "$next_year" >"$work/next.csv"
says "the next" admin holiday load "$work/next.csv" --year "$next_year"
says "the clocks were reckoned again" shows '"number":"ACCEPT"[^}]*"is_provisional":false'
says "the days" leader holiday show "$year"
holds "... off" "$out" "$year-01-01  off"
holds "... and worked" "$out" "$saturday  work"
says "doctor is content" admin doctor
holds "... with two years" "$out" "2 years are known"
printf 'date,kind,name\n%s-01-01,off,新年\n' "$year" >"$work/good.csv"
exits 80 "who saw an older one" admin holiday load "$work/good.csv" --year "$year" --version 7
says "the year once more" admin holiday load "$work/good.csv" --year "$year"
says "... replaces it" admin holiday show "$year"
equals "... wholly" "$(grep -c "$year" <<<"$out")" 1
says "the years" admin holiday list --lang zh_CN
holds "... and who loaded them" "$out" "$next_year"

# ---- a long pause

says "accept" leader complaint accept "$number"
exits 77 "nine days without the manager" leader complaint suspend "$number" --reason waiting-parts \
	--until "$(TZ=Asia/Shanghai date -d '+9 days' '+%F %H:%M')"
holds "... names the option" "$err" "--until"
says "six" leader complaint suspend "$number" --reason waiting-parts \
	--until "$(TZ=Asia/Shanghai date -d '+6 days' '+%F %H:%M')"
says "it goes on" leader complaint resume "$number"
says "the manager may" manager complaint suspend "$number" --reason waiting-parts \
	--until "$(TZ=Asia/Shanghai date -d '+9 days' '+%F %H:%M')"
tap_end

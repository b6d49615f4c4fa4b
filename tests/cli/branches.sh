#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia GUANJIA_TEST_MESSAGES=build/tests/cli/messages tests/cli/branches.sh
#
# A file of messages is imported whole and compared with what the server has of it; then fifty of them go
# through every branch of the flow, each step by the person whose step it is, and the steps that are
# nobody's, or not yet anybody's, are refused. In the middle the server is killed. At the end each of the
# fifty is read back: its timeline is exactly the steps that were acknowledged, with who took them, no more
# and no fewer, and what was read before the kill is unchanged.
#
# The file is $GUANJIA_MESSAGES, or ../shared/data/cn_property_messages.csv seen from the project's folder:
# real messages, which are not ours to give away; without them docs/demo/messages.csv, which is invented,
# and so are the people. No text of a message is printed.
set -euo pipefail
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

if [ -z "${GUANJIA_TEST_SERVER:-}" ]; then
	echo "1..0 # SKIP no server: GUANJIA_TEST_SERVER, see tests/cli/serve.sh"
	exit 0
fi
guanjia=$(realpath "${GUANJIA:?the program to test}")
messages=$(realpath "${GUANJIA_TEST_MESSAGES:?the program that compares}")
top=$(realpath "$(dirname "$0")/../..")
run=$(date +%s)$$
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GUANJIA_HOME=$work/home LC_ALL=C.UTF-8
unset GUANJIA_PROFILE LANGUAGE
community=梧桐苑$run
case_count=50
lane_count=3

file=$top/../shared/data/cn_property_messages.csv
if [ -n "${GUANJIA_MESSAGES:-}" ]; then
	file=$(realpath -e "$GUANJIA_MESSAGES")
elif [ ! -r "$file" ]; then
	file=$top/docs/demo/messages.csv
fi
echo "# messages: $(basename "$file")"

cli() { "$guanjia" --profile "$@"; }
member() { sed -n "s/.*\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" | head -n 1; }

# ---- the people, by profile

declare -A name_of=([desk]=古丽娜尔·买买提 [leader_a]=王建国 [leader_b]=李秀英 [officer]=赵明德
	[manager]=刘文静 [plumber]=陈师傅 [worker]=马师傅 [inspector]=孙海燕)

person() { # PROFILE ROLE [options]
	local who=$1 role=$2
	shift 2
	echo "password-of-$who" >"$work/$who"
	cli admin account add "$who$run" --name "${name_of[$who]}" --password-file "$work/$who" &&
		cli admin grant add "$who$run" "$role" "$@" &&
		"$guanjia" profile add "$who" --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA" \
			--login "$who$run" --community "$community" &&
		cli "$who" login --password-file "$work/$who"
}
says "an administrator" "$guanjia" profile add admin --server "$GUANJIA_TEST_SERVER" \
	--ca "$GUANJIA_TEST_CA" --login "$GUANJIA_TEST_ADMIN"
says "... logs in" cli admin login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
says "a community" cli admin community add "$community"
says "a team with an officer" cli admin team add 一号楼小组 --community "$community"
says "a team without" cli admin team add 二号楼小组 --community "$community"
says "a crew" cli admin crew add "维修班$run"
says "customer service" person desk customer-service --community "$community"
says "a leader" person leader_a leader --community "$community" --team 一号楼小组
says "another" person leader_b leader --community "$community" --team 二号楼小组
says "an officer" person officer officer --community "$community" --team 一号楼小组
says "a manager" person manager manager --community "$community"
says "somebody of the crew" person plumber crew-member --crew "维修班$run"
says "another, who is sent by name" person worker crew-member --crew "维修班$run"
says "an inspector" person inspector inspector --community "$community"
says "who the other is" cli worker --json whoami
# shellcheck disable=SC2034 # in the lines below
worker_id=$(member account_id <<<"$out")
# The messages are about anything: whoever goes has the papers for all of it.
for who in plumber worker; do
	for kind in lift electrician guard-cert; do
		says "$who has a paper" cli admin --json qualification add "$who$run" $kind --number "$who-$kind" \
			--from 2026-01-01 --to 2099-12-31
		says "... which somebody else has seen" cli manager qualification verify \
			"$(member qualification_id <<<"$out")"
	done
done

# ---- the whole file

says "import" cli desk --json complaint import "$file" --source "$run"
rows=$(member rows <<<"$out")
equals "... sends every row" "$(member sent <<<"$out")" "$rows"
submitted=$(member submitted <<<"$out")
closed=$(member closed <<<"$out")
equals "... either to be worked on or closed" "$((submitted + closed))" "$rows"
if [ "$(basename "$file")" = cn_property_messages.csv ]; then
	equals "... 635 and 192" "$rows $submitted $closed" "827 635 192"
fi
equals "... each with a suggested group" \
	"$(awk '/"count":/ { gsub(/[^0-9]/, ""); sum += $0 } END { print sum + 0 }' <<<"$out")" "$rows"
says "import again" cli desk --json complaint import "$file" --source "$run"
equals "... doubles nothing" "$(member already_there <<<"$out")" "$rows"
says "all of them" cli desk --json complaint list --all
printf '%s\n' "$out" >"$work/list"
equals "... submitted" "$(grep -c '"state":"SUBMITTED"' "$work/list")" "$submitted"
equals "... closed" "$(grep -c '"state":"CLOSED"' "$work/list")" "$closed"
equals "... with numbers that are nobody else's" \
	"$(grep -o '"number":"[^"]*"' "$work/list" | sort -u | wc -l)" "$rows"
says "each is what its row says" "$messages" "$file" "$run" "$work/list" $((case_count + 2))
grep '^#' <<<"$out" || true
mapfile -t ids < <(sed -n 's/^pick //p' <<<"$out")
equals "enough are to be worked on" "${#ids[@]}" $((case_count + 2))

# ---- the branches
#
# A line is a step: who, what, the state it leads to, options. Where it is refused, the error stands there
# instead, with a minus. `lead` leads the team, `above` stands above; `rival` leads the other team.
# The first half of a case's lines is played before the server is killed, the rest while it is.

# shellcheck disable=SC2016 # they are expanded when they are played
visit='lead book SCHEDULED --from "$day 09:00" --to "$day 10:00" --crew "$crew"
lead dispatch DISPATCHED
plumber arrive ON_SITE
plumber done ON_SITE --result 已更换损坏的部件 --photo "$photo" --material 密封圈:1.5:个:12.50
plumber sign WORK_DONE --nobody'
# shellcheck disable=SC2016
again='lead book SCHEDULED --from "$later $hour:00" --to "$later $hour:45"
lead dispatch DISPATCHED --crew "$crew" --worker "$worker_id"
worker arrive ON_SITE
worker done ON_SITE --result 第二次上门，已修好 --photo "$photo"
worker sign WORK_DONE --refused 住户要求先付款后签字'
# shellcheck disable=SC2016
take='desk pass SUBMITTED --team "$team" --reason 按楼栋分派
lead accept ACCEPTED'
answer='lead answer ANSWERED --answer 已经核实，本周内处理
lead send PENDING_CONFIRMATION
desk confirm CLOSED --rating 4'
finish='lead verify PENDING_CONFIRMATION
desk confirm CLOSED --rating 5'

branches=(
	# a visit that customer service closes, and asks about later
	"$take
$visit
$finish
lead follow-up -DENIED --score 5
desk follow-up CLOSED --score 5"

	# answered without a visit
	"$take
$answer"

	# answered by customer service, refused, answered again by the leader
	"$take
desk answer ANSWERED --answer 已转有关部门
desk send PENDING_CONFIRMATION
desk refuse REOPENED --reason 住户认为没有解决
$answer"

	# out of scope, and whoever is above agrees
	"$take
lead report-up -STEP_REFUSED
lead advise ADVISED --advice 请向街道城管部门反映
lead report-up REPORTED_UP --reason 不属于物业职责
lead agree -DENIED
desk agree -DENIED
above agree CLOSED_OUT_OF_SCOPE
inspector follow-up CLOSED_OUT_OF_SCOPE --score 3"

	# out of scope, overruled, visited by the person who is sent
	"$take
lead advise ADVISED --advice 请自行联系厂家
lead report-up REPORTED_UP --reason 设备不归物业
above overrule ACCEPTED --reason 公共部位，由我们负责
lead book SCHEDULED --from \"\$day 16:00\" --to \"\$day 17:00\" --crew \"\$crew\" --worker \"\$worker_id\"
lead dispatch DISPATCHED
worker arrive ON_SITE
worker done -FIELD_INVALID --result 没有照片
worker done ON_SITE --result 已修复 --photo \"\$photo\"
worker sign WORK_DONE --nobody
$finish"

	# parts are missing: returned, booked anew
	"$take
lead book SCHEDULED --from \"\$day 09:00\" --to \"\$day 10:00\" --crew \"\$crew\"
lead dispatch DISPATCHED
plumber arrive ON_SITE
plumber return SCHEDULED --reason needs-parts --words 需要采购电机
lead dispatch -STEP_REFUSED
$again
$finish"

	# signed by nobody; the owner refuses, it is visited again, and an inspector opens it once more
	"$take
$visit
lead verify PENDING_CONFIRMATION
desk refuse REOPENED --reason 又漏水了
$again
$finish
inspector reopen REOPENED --reason 抽查发现没有修好
$answer"

	# the leader sends the crew again
	"$take
$visit
lead send-back SCHEDULED --reason 现场没有清理
$again
$finish"

	# rests twice, first for parts, then for an authority
	"$take
lead suspend SUSPENDED --reason waiting-parts --until \"\$soon 09:00\"
lead answer -STEP_REFUSED --answer 暂停中不能答复
desk resume -DENIED
lead resume ACCEPTED
lead book SCHEDULED --from \"\$day 09:00\" --to \"\$day 10:00\" --crew \"\$crew\"
lead suspend SUSPENDED --reason waiting-authority --until \"\$soon 09:00\" --words 等消防批复
lead resume SCHEDULED
lead dispatch -STEP_REFUSED
$again
$finish"

	# joined to a master case, and out of it again
	"$take
desk merge -FIELD_INVALID \"\$id\" --master-version 2
desk merge MERGED \"\$master\" --master-version 1
desk answer -STEP_REFUSED --answer 已合并
desk unmerge ACCEPTED
$answer"

	# joined, and left there
	"$take
lead suspend SUSPENDED --reason force-majeure --until \"\$soon 09:00\"
desk merge -STEP_REFUSED \"\$master\" --master-version 1
lead resume ACCEPTED
desk merge MERGED \"\$master\" --master-version 1"

	# withdrawn while a visit is booked
	"$take
lead book SCHEDULED --from \"\$day 09:00\" --to \"\$day 10:00\" --crew \"\$crew\"
lead withdraw -DENIED --reason 不能替业主撤
desk withdraw WITHDRAWN --reason 业主来电撤回
desk reopen -STEP_REFUSED --reason 已撤回"

	# nothing to act on: only a manager says so
	"desk pass SUBMITTED --team \"\$team\" --reason 按楼栋分派
lead reject -DENIED --reason 重复来信
manager reject REJECTED_INVALID --reason 与本小区无关"

	# passed on to another team, and back
	"$take
lead pass -FIELD_INVALID --team \"\$team\" --reason 给自己
lead pass SUBMITTED --team \"\$other_team\" --reason 属于二组的楼栋
lead accept -NOT_FOUND
rival accept ACCEPTED
desk pass SUBMITTED --team \"\$team\" --reason 核对后仍归本组
rival accept -NOT_FOUND
lead accept ACCEPTED
$answer"

	# the owner does not answer: nobody decides before a week is over
	"$take
$visit
lead verify PENDING_CONFIRMATION
lead decide -DENIED --reason 联系不上业主
manager decide -STEP_REFUSED --reason 联系不上业主
desk decide -DENIED --reason 联系不上业主"

	# out of order, with the wrong role, on an old version
	"lead accept -NOT_FOUND
plumber accept -DENIED
inspector pass -DENIED --team \"\$team\" --reason 试一试
desk pass SUBMITTED --team \"\$team\" --reason 按楼栋分派
lead accept -CONFLICT --version 1
lead verify -STEP_REFUSED
desk accept -DENIED
lead accept ACCEPTED
lead accept -STEP_REFUSED
lead dispatch -STEP_REFUSED --crew \"\$crew\"
desk book -DENIED --from \"\$day 09:00\" --to \"\$day 10:00\"
lead book -FIELD_INVALID --from \"\$day 10:00\" --to \"\$day 09:00\"
lead book SCHEDULED --from \"\$day 09:00\" --to \"\$day 10:00\" --crew \"\$crew\"
plumber arrive -STEP_REFUSED
lead dispatch DISPATCHED
lead arrive -DENIED
plumber sign -STEP_REFUSED --nobody
plumber arrive ON_SITE
plumber sign -STEP_REFUSED --nobody"

	# nobody opens the door: returned from the way, booked, booked at another time
	"$take
lead book SCHEDULED --from \"\$day 09:00\" --to \"\$day 10:00\" --crew \"\$crew\"
lead book SCHEDULED --from \"\$day 11:00\" --to \"\$day 12:00\"
lead dispatch DISPATCHED
lead return SCHEDULED --reason no-entry --words 家中无人
$again
$finish"
)

photo=$work/photo.jpg
head -c 1000 /dev/zero >"$photo"
zone=Asia/Shanghai

# Sets step to what stands in the timeline.
step_name() { # VERB STATE
	step=${1^^}
	step=${step//-/_}
	if [ "$step $2" = "FOLLOW_UP REOPENED" ]; then
		step=REOPEN
	fi
}

# play CASE FIRST LAST: lines of its branch. What was acknowledged goes into its journal; what went wrong
# into its trouble.
play() {
	local case=$1 first=$2 last=$3 line number=0
	local id=${ids[$1]} master=${ids[case_count + $1 % 2]} crew=维修班$run
	local team=一号楼小组 other_team=二号楼小组 lead=leader_a rival=leader_b above=officer
	local day soon later hour=14 version
	if [ $((case / ${#branches[@]} % 2)) -eq 1 ]; then
		team=二号楼小组 other_team=一号楼小组 lead=leader_b rival=leader_a above=manager
	fi
	# Two cases share a day; not an hour, the worker is one person.
	if [ "$case" -ge 25 ]; then
		hour=10
	fi
	day=$(TZ=$zone date -d "$((case + 2)) days" +%F)
	later=$(TZ=$zone date -d "$((case % 25 + 60)) days" +%F)
	soon=$(TZ=$zone date -d "2 days" +%F) # rests of a week and longer are the manager's
	version=$(wc -l <"$work/journal.$case")
	while IFS= read -r line; do
		number=$((number + 1))
		if [ $number -lt "$first" ] || [ $number -gt "$last" ]; then
			continue
		fi
		: "$team $other_team $rival $above $day $soon $later $hour $id $master $crew" # the lines name them
		take_step "$line"
	done <<<"${branches[case % ${#branches[@]}]}"
}

# One line. The variables are play's. Where nobody answers it is asked again with the same key.
take_step() {
	local who verb wanted rest code tries key error=
	read -r who verb wanted rest <<<"$1"
	case $who in lead) who=$lead ;; above) who=$above ;; rival) who=$rival ;; esac
	printf -v key '0192f3a0-0000-7000-8%03d-%012d' "$case" $((10#${run: -8} * 100 + number))
	eval "set -- $rest"
	if [[ " $* " != *" --version "* ]]; then
		set -- "$@" --version "$version"
	fi
	for ((tries = 0; tries < 100; tries++)); do
		code=0
		cli "$who" --json complaint "$verb" "$id" "$@" --key "$key" \
			>"$work/out.$case" 2>"$work/err.$case" || code=$?
		if [ $code -ne 68 ] && [ $code -ne 75 ]; then # cannot be reached, try later
			break
		fi
		sleep 0.1
	done
	if [[ $(<"$work/err.$case") =~ \"code\":\ *\"([A-Z_]*)\" ]]; then
		error=${BASH_REMATCH[1]}
	fi
	if [ "${wanted#-}" != "$wanted" ]; then
		if [ "$error" != "${wanted#-}" ]; then
			echo "line $number, $who $verb: ${error:-done}, not ${wanted#-}" >>"$work/trouble.$case"
		fi
		return 0
	fi
	version=$((version + 1))
	if [ $code -ne 0 ] || [[ $(<"$work/out.$case") != *"\"version\": $version"* ]]; then
		echo "line $number, $who $verb: exit code $code $error" >>"$work/trouble.$case"
		version=$((version - 1))
		return 0
	fi
	step_name "$verb" "$wanted"
	echo "$step $wanted $version ${name_of[$who]}" >>"$work/journal.$case"
}

# The timeline as the journal has it.
timeline() {
	awk -F '"' '/"events":/ { on = 1 }
		on && $2 == "step" { step = $4 }
		on && $2 == "to" { to = $4 }
		on && $2 == "version" { version = $3; gsub(/[^0-9]/, "", version) }
		on && $2 == "account_name" { print step, to, version, $4 }' "$1"
}

# part LANE WHICH: the lane's share of the cases; the first or the second half of their lines, or what the
# server has of them in the end.
part() {
	local case lines
	for ((case = $1; case < case_count; case += lane_count)); do
		lines=$(wc -l <<<"${branches[case % ${#branches[@]}]}")
		case $2 in
		1)
			play "$case" 1 $((lines / 2))
			cli manager --json complaint get "${ids[case]}" >"$work/before.$case"
			;;
		2) play "$case" $((lines / 2 + 1)) "$lines" ;;
		3) cli manager --json complaint get "${ids[case]}" >"$work/after.$case" ;;
		esac
	done
}

# All lanes at once.
parts() { # WHICH
	local lane pids=() acknowledged
	acknowledged=$(cat "$work"/journal.* | wc -l)
	for ((lane = 0; lane < lane_count; lane++)); do
		part $lane "$1" &
		pids+=($!)
	done
	if [ "$1" -eq 2 ] && [ -n "${GUANJIA_TEST_RESTART:-}" ]; then
		until [ "$(cat "$work"/journal.* | wc -l)" -ge $((acknowledged + 40)) ]; do
			[ -n "$(jobs -r)" ] || break # nobody goes on: what they did is looked at all the same
			sleep 0.1
		done
		says "the server is killed in the middle, and comes back" bash -c "$GUANJIA_TEST_RESTART"
	fi
	for lane in "${pids[@]}"; do
		wait "$lane" || report 1 "a lane ended early"
	done
}

for ((case = 0; case < case_count; case++)); do
	echo "SUBMIT SUBMITTED 1 ${name_of[desk]}" >"$work/journal.$case"
	: >"$work/trouble.$case"
done
parts 1
parts 2
parts 3

# ---- every acknowledged step is there, once

for ((case = 0; case < case_count; case++)); do
	sed "s/^/# case $case, /" "$work/trouble.$case"
	equals "case $case takes every step of its branch" "$(wc -l <"$work/trouble.$case")" 0
	journal=$(<"$work/journal.$case")
	equals "... its timeline is what was acknowledged" "$(timeline "$work/after.$case")" "$journal"
	read -r _ state version _ <<<"${journal##*$'\n'}"
	equals "... its state and version are the last one's" "$(
		sed '/"events"/,$d' "$work/after.$case" | sed -n 's/^    "\(state\|version\)": "\{0,1\}\([A-Z_0-9]*\).*/\2/p' | sort
	)" "$(printf '%s\n' "$state" "$version" | sort)"
	sed -n '/"events"/,$p' "$work/before.$case" | head -n -4 >"$work/seen"
	equals "... of what was seen before there is something" "$(($(wc -l <"$work/seen") > 10))" 1
	equals "... and it is unchanged" \
		"$(sed -n '/"events"/,$p' "$work/after.$case" | head -n "$(wc -l <"$work/seen")")" \
		"$(<"$work/seen")"
done
says "all of them" cli desk --json complaint list --all
equals "... are as many as were imported" "$(grep -o '"number"' <<<"$out" | wc -l)" "$rows"
says "import once more" cli desk --json complaint import "$file" --source "$run"
equals "... still doubles nothing" "$(member already_there <<<"$out")" "$rows"
echo "# steps acknowledged: $(cat "$work"/journal.* | wc -l), refusals wanted: $(
	for ((case = 0; case < case_count; case++)); do echo "${branches[case % ${#branches[@]}]}"; done |
		grep -c -- ' -[A-Z]'
)"
tap_end

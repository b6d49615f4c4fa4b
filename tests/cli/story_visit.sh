#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story_visit.sh
#
# A leak in a flat, from the call to the withdrawal, against a running server (serve.sh): appointment, visit, a
# server that dies, codes that are wrong, old, used and tried too often, signature, confirmation, and every word of
# the owner without a login. What others try in between is refused. The timeline tells all of it afterwards.
set -euo pipefail
# shellcheck source=tests/cli/story_people.sh
. "$(dirname "$0")/story_people.sh"

# The steps of the complaint that was shown, with state and person; every time must be of this run.
timeline() {
	local rows time
	rows=$(grep -E '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} ' <<<"$out")
	while read -r time; do
		if [[ $time < $began || $time > $(TZ=Asia/Shanghai date '+%F %H:%M') ]]; then
			echo "$time is not of this run"
		fi
	done < <(cut -c 1-16 <<<"$rows")
	cut -c 17- <<<"$rows" | sed 's/^ *//; s/   */|/g'
}

settle
person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader 王建国 leader --team "$team" --community "$community"
person plumber 陈师傅 crew-member --crew "$crew"
began=$(TZ=Asia/Shanghai date '+%F %H:%M')
device=$(uname -n)
worker=$(id_of plumber)

# ---- a code that is tried too often; another one comes after a minute

submit "a leak next door" --kind repair --subkind dwelling --place 1-1-102 --text '卫生间漏水' --language en \
	--contact-name Anna --contact-phone 13900000002
second=$number second_receipt=$receipt
holds "its owner is written to in English" "$(message ACKNOWLEDGEMENT)" "ACKNOWLEDGEMENT RECEIPT"
says "accept" leader complaint accept "$number"
says "book" leader complaint book "$number" --from "$tomorrow 10:00" --to "$tomorrow 12:00" \
	--crew "$crew" --worker "$worker"
holds "the appointment is in English" "$(message APPOINTMENT)" "Who comes: 陈师傅"
says "dispatch" leader complaint dispatch "$number"
says "arrive" plumber complaint arrive "$number" --entry-consent
says "done" plumber complaint 'done' "$number" --result '换了角阀' --photo "$photo"
code_sent=$SECONDS
stands "on site" 6
text=$(message SERVICE_RECEIPT)
holds "the service receipt is in English" "$text" "Photographs: 1"
code=$(six_digits <<<"$text")
for left in 4 3 2 1 0; do
	wrong "$code" >"$work/code"
	exits 77 "a wrong code" plumber complaint sign "$number" --one-time-code-file "$work/code"
	holds "... is told what is left" "$err" "this is not the one-time code: --code (allowed: $left tr* left)"
done
exits 77 "the sixth time the right one is spent" plumber complaint sign "$number" --code "$code"
holds "... is told what to do" "$err" "ask for a new one"
exits 77 "the same in Chinese" plumber complaint sign "$number" --code "$code" --lang zh_CN
holds "... is told so" "$err" "验证码已用过、已过期，或试错次数过多：--code（允许：重新获取）"
exits 81 "another one within the minute" plumber complaint code "$number"
holds "... is told so" "$err" "one code a minute"

person neighbour 赵敏 leader --team "$other_team" --community "$community"
person officer 孙立 officer --team "$team" --community "$community"
person inspector 何静 inspector --community "$community"
person apprentice 小马 crew-member --crew "$crew"

# ---- the call

exits 65 "a complaint is somewhere" desk complaint submit --text 漏水
holds "... says the option" "$err" "--place"
exits 66 "a place that is not there" desk complaint submit --text 漏水 --place 9-9-999
holds "... is named" "$err" "9-9-999"
submit "a leak in a flat" --lang zh_CN --kind 报修 --subkind dwelling --channel counter \
	--urgency high --place 1-1-101 --category 漏水 --title 厨房漏水 --text '厨房下水管漏水' --language zh \
	--contact-name 陈女士 --contact-phone "$phone"
holds "... is of that category" "$out" '"category": 203'
holds "... which nobody had to suggest" "$out" '"is_suggested": false'
holds "the owner is sent the receipt's code" "$(message ACKNOWLEDGEMENT)" "$receipt"

exits 81 "a step out of order" leader complaint dispatch "$number" --crew "$crew"
holds "... says where it stands" "$err" "now it is at version 1; its state is: submitted"
exits 77 "customer service accepts nothing" desk complaint accept "$number"
holds "... is told so" "$err" "this account may not do that"
exits 77 "nor does the inspector" inspector complaint accept "$number"
exits 66 "another team does not find it" neighbour complaint accept "$number"
exits 66 "nor does the crew" plumber complaint accept "$number"
key=$(key 0)
says "accept" leader complaint accept "$number" --version 1 --key "$key"
stands accepted 2
says "the same key again" leader complaint accept "$number" --version 1 --key "$key"
holds "... does nothing twice" "$err" "nothing was done twice"
stands accepted 2
exits 65 "the same key for something else" leader complaint answer "$number" --answer 好 --version 1 --key "$key"
exits 81 "twice with another key" leader complaint accept "$number"

# ---- the appointment

exits 80 "an old version" leader complaint book "$number" --from "$tomorrow 10:00" --to "$tomorrow 12:00" \
	--version 1
holds "... says which it is now" "$err" "now it is at version 2; its state is: accepted"
exits 80 "the same in Chinese" leader complaint book "$number" --from "$tomorrow 10:00" \
	--to "$tomorrow 12:00" --version 1 --lang zh_CN
holds "... says so" "$err" "已受理"
exits 65 "a window that ends before it begins" leader complaint book "$number" \
	--from "$tomorrow 10:00" --to "$tomorrow 09:00"
holds "... is named by its options" "$err" "--from, --to (allowed: from < to"
exits 65 "a visit that is over" leader complaint book "$number" --from "$yesterday 10:00" --to "$yesterday 11:00"
exits 64 "a time that is none" leader complaint book "$number" --from 明天 --to "$tomorrow 11:00"
exits 65 "somebody who cannot be sent" leader complaint book "$number" --from "$tomorrow 10:00" \
	--to "$tomorrow 12:00" --worker "$(id_of desk)"
holds "... is named by the option" "$err" "--worker"
exits 83 "a slot that is taken" leader complaint book "$number" --from "$tomorrow 11:00" --to "$tomorrow 13:00" \
	--crew "$crew" --worker "$worker"
holds "... is named by the option" "$err" "somebody is booked elsewhere at that time: --worker"
exits 83 "the same in Chinese" leader complaint book "$number" --from "$tomorrow 11:00" \
	--to "$tomorrow 13:00" --crew "$crew" --worker "$worker" --lang zh_CN
holds "... says so" "$err" "那个时间已约到别处：--worker"
says "behind it there is time" leader complaint book "$number" --from "$tomorrow 12:00" --to "$tomorrow 13:00" \
	--crew "$crew" --worker "$worker"
stands booked 3
holds "the owner is sent the appointment's code" "$(message APPOINTMENT)" "$out"

exits 83 "an appointment cannot be moved into another" leader complaint book "$number" \
	--from "$tomorrow 11:30" --to "$tomorrow 12:30"
says "but to where there is time" leader complaint book "$number" --from "$tomorrow 14:00" --to "$tomorrow 16:00"
stands booked 4

# ---- the visit

says "dispatch those booked" leader complaint dispatch "$number"
stands dispatched 5
exits 77 "the leader does not arrive for them" leader complaint arrive "$number"
exits 65 "nobody enters a home unasked" plumber complaint arrive "$number"
holds "... is named by the option" "$err" "--entry-consent"
says "arrive" plumber complaint arrive "$number" --entry-consent
stands "on site" 6
exits 64 "a reason that there is not" plumber complaint return "$number" --reason 累了
says "return it" plumber complaint return "$number" --reason needs-parts --words '缺少密封圈'
stands booked 7
exits 81 "no visit without another appointment" leader complaint dispatch "$number"
holds "... says why" "$err" "an appointment first"
exits 81 "the same in Chinese" leader complaint dispatch "$number" --lang zh_CN
holds "... says why" "$err" "允许：先预约上门"
says "book again" leader complaint book "$number" --from "$tomorrow 16:00" --to "$tomorrow 17:00" \
	--crew "$crew" --worker "$worker"
says "dispatch" leader complaint dispatch "$number" --crew "$crew" --worker "$worker"
says "arrive" plumber complaint arrive "$number" --entry-consent
exits 81 "nothing to sign yet" plumber complaint sign "$number" --refused 不签
holds "... says what is missing" "$err" "the service receipt, which done makes"
exits 64 "done needs a result" plumber complaint 'done' "$number" --photo "$photo"
exits 65 "done needs a photograph" plumber complaint 'done' "$number" --result 修好了
holds "... is named by the option" "$err" "--photo (allowed: at least one photograph"
exits 66 "a photograph that is not there" plumber complaint 'done' "$number" --result 修好了 --photo "$work/none"
exits 64 "a material without its price" plumber complaint 'done' "$number" --result 修好了 --photo "$photo" \
	--material 软管:1:米
says "done, in words from standard input" plumber complaint 'done' "$number" --result - \
	--photo "$photo" --material '软管:1.5:米:12.00' --material '密封圈:2:个:3.50' <<<'换了软管和密封圈'
holds "... and a code is on its way" "$err" "a one-time code for the signature is on its way"
stands "on site" 11
service=$out
text=$(message SERVICE_RECEIPT)
code=$(six_digits <<<"$text")
holds "the owner is sent the service receipt" "$text" "密封圈：2个，单价3.50元，小计7.00元"
holds "... with its sum" "$text" "材料费合计：25.00元"
holds "... and its code" "$text" "$service"

# ---- the server dies, and has forgotten nothing

if [ -n "${GUANJIA_TEST_RESTART:-}" ]; then
	says "the server is killed and comes back" restart
fi

# ---- the signature

exits 64 "two ways to sign" plumber complaint sign "$number" --nobody --refused 不签
exits 65 "the owner can be asked" plumber complaint sign "$number" --nobody
exits 77 "a wrong code" plumber complaint sign "$number" --code "$(wrong "$code")" --lang zh_CN
holds "... is told what is left" "$err" "验证码不对：--code（允许：还可试 4 次）"
key=$(key 1)
says "sign" plumber complaint sign "$number" --code "$code" --version 11 --key "$key"
stands "work done" 12
says "the same key again" plumber complaint sign "$number" --code "$code" --version 11 --key "$key"
holds "... does nothing twice" "$err" "nothing was done twice"
exits 77 "the crew does not judge its own work" plumber complaint verify "$number"
says "send back" leader complaint send-back "$number" --reason '还在滴水'
stands booked 13
says "book another one of the crew" leader complaint book "$number" --from "$tomorrow 18:00" --to "$tomorrow 19:00" \
	--worker "$(id_of apprentice)"
says "dispatch" leader complaint dispatch "$number"
exits 77 "the one before does not arrive" plumber complaint arrive "$number" --entry-consent
says "but that one does" apprentice complaint arrive "$number" --entry-consent
says "done once more" apprentice complaint 'done' "$number" --result '重新接好' --photo "$photo"
says "... and put right" apprentice complaint 'done' "$number" --result '重新接好，试水半小时' --photo "$photo"
says "the owner refuses to sign" apprentice complaint sign "$number" --refused - <<<'要等家人回来'
says "verify" leader complaint verify "$number"
stands "owner to confirm" 20

# ---- the owner's word, without a login

says "a code to confirm" owner receipt code "$receipt" --purpose confirm
holds "the owner is asked" "$(message CONFIRM)" "已处理完毕"
code=$(message CODE | six_digits)
says "refuse with it" owner receipt refuse "$receipt" --reason '又漏了' --one-time-code "$code"
says "how it stands" owner receipt show "$receipt"
holds "... is open again" "$out" "reopened"
says "answer" leader complaint answer "$number" --answer '今晚八点再来一次。'
says "send" desk complaint send "$number"
stands "owner to confirm" 23
exits 81 "too early to decide without the owner" officer complaint decide "$number" --reason '业主没有回音'
holds "... says why" "$err" "the owner has been asked 7 days ago"
says "confirm for an owner who calls" desk complaint confirm "$number" --rating 4
stands closed 24
exits 65 "a bad score wants words" inspector complaint follow-up "$number" --score 2
holds "... is named by the option" "$err" "--words"
exits 77 "who led it does not ask how it was" leader complaint follow-up "$number" --score 5
says "a bad follow-up" inspector complaint follow-up "$number" --score 2 --words '没人再来过'
stands reopened 25
says "answer" desk complaint answer "$number" --answer - <<<'已经修好。'
says "send" leader complaint send "$number"
says "confirm" desk complaint confirm "$number"
says "a good follow-up" desk complaint follow-up "$number" --score 5
stands closed 29
says "a code to reopen" owner receipt code "$receipt" --purpose reopen
code=$(message CODE | six_digits)
says "reopen" owner receipt reopen "$receipt" --reason '墙又湿了' --one-time-code "$code"
says "a code to withdraw" owner receipt code "$receipt" --purpose withdraw
code=$(message CODE | six_digits)
exits 77 "a code of another purpose" owner receipt refuse "$receipt" --reason x --one-time-code "$code"
says "withdraw" owner receipt withdraw "$receipt" --reason '是楼上空调水' --one-time-code "$code"
exits 81 "nothing follows" leader complaint accept "$number"

# ---- receipts

says "every receipt" desk receipt list "$number"
for kind in acknowledgement:1 appointment:4 'service receipt:3'; do
	equals "... ${kind%:*}" "$(grep -c "^receipt: *${kind%:*}" <<<"$out")" "${kind#*:}"
done
holds "... with the signature" "$out" "by one-time code"
holds "... with the refusal" "$out" "要等家人回来"
holds "... and what was not signed" "$out" "not signed yet"
says "for programs" desk --json receipt list "$number"
says "the service receipt by its own code" owner receipt show "$service" --lang zh_CN
holds "... is signed" "$out" "验证码"

# on paper: what the receipt says, on either
for paper in a5 roll80; do
	says "the service receipt on $paper" owner receipt pdf "$service" "$GUANJIA_TEST_FOLDER/$paper.pdf" --paper $paper
	equals "... it is a PDF" "$(head -c 8 "$GUANJIA_TEST_FOLDER/$paper.pdf")" "%PDF-1.5"
	equals "... with its code" "$(pdftotext -layout "$GUANJIA_TEST_FOLDER/$paper.pdf" - | grep -c "$service")" 1
	equals "... for nobody else" "$(stat -c %a "$GUANJIA_TEST_FOLDER/$paper.pdf")" 600
done
exits 66 "a receipt that is not there, on paper" owner receipt pdf 1-0000-0000-0000-0000 "$GUANJIA_TEST_FOLDER/no.pdf" --paper a5
any_code='[0-9]+(-[0-9A-Z]{4}){4}' # of any receipt
pdf_text() { pdftotext -layout "$GUANJIA_TEST_FOLDER/$1.pdf" -; }
says "the desk prints the last one" desk receipt print "$number" "$GUANJIA_TEST_FOLDER/desk.pdf" --paper a5
holds "... it is a service receipt" "$(pdf_text desk)" "服务回执"
says "... the acknowledgement" desk receipt print "$number" "$GUANJIA_TEST_FOLDER/first.pdf" --paper roll80 --of acknowledgement
equals "... with a code of its own" "$(pdf_text first | grep -cE "$any_code"),$(pdf_text first | grep -c 服务回执)" 1,0
says "the leader prints it" leader receipt print "$number" "$GUANJIA_TEST_FOLDER/leader.pdf" --paper a5
equals "... without a code" "$(pdf_text leader | grep -cE "$any_code")" 0
exits 64 "no such kind" desk receipt print "$number" - --paper a5 --of invoice
exits 64 "no such paper" owner receipt pdf "$service" "$GUANJIA_TEST_FOLDER/no.pdf" --paper a4

# ---- the timeline

says "the whole story" desk --lang zh_CN complaint get "$number"
equals "... by step, state, person, role and device" "$(timeline)" "$(cat <<-END
	提交|已提交|古丽娜尔·买买提，客服，$device
	受理|已受理|王建国，组长，$device
	预约上门|已预约|王建国，组长，$device
	预约上门|已预约|王建国，组长，$device
	派单|已派单|王建国，组长，$device
	到场|已到场|陈师傅，班组成员，$device
	退回|已预约|陈师傅，班组成员，$device
	预约上门|已预约|王建国，组长，$device
	派单|已派单|王建国，组长，$device
	到场|已到场|陈师傅，班组成员，$device
	完工|已到场|陈师傅，班组成员，$device
	签收|已完工|陈师傅，班组成员，$device
	返工|已预约|王建国，组长，$device
	预约上门|已预约|王建国，组长，$device
	派单|已派单|王建国，组长，$device
	到场|已到场|小马，班组成员，$device
	完工|已到场|小马，班组成员，$device
	完工|已到场|小马，班组成员，$device
	签收|已完工|小马，班组成员，$device
	小组确认|待业主确认|王建国，组长，$device
	业主不认可|已重开|业主（凭验证码）
	答复|已写答复|王建国，组长，$device
	发出答复|待业主确认|古丽娜尔·买买提，客服，$device
	业主确认|已结案|古丽娜尔·买买提，客服，$device
	重开|已重开|何静，督导，$device
	答复|已写答复|古丽娜尔·买买提，客服，$device
	发出答复|待业主确认|王建国，组长，$device
	业主确认|已结案|古丽娜尔·买买提，客服，$device
	回访|已结案|古丽娜尔·买买提，客服，$device
	重开|已重开|业主（凭验证码）
	撤回|已撤回|业主（凭验证码）
END
)"

# ---- the minute is over

number=$second
if [ -n "${GUANJIA_TEST_MINUTE:-}" ]; then
	says "a minute passes" bash -c "$GUANJIA_TEST_MINUTE"
else # a server by hand, whose clock is the world's
	while ((SECONDS - code_sent < 61)); do sleep 0.5; done
fi
says "another code" plumber complaint code "$number"
holds "... says how long it is good" "$err" "it is good until"
old=$code
code=$(message CODE | six_digits)
exits 77 "the code before is old" plumber complaint sign "$number" --code "$old"
holds "... and costs a try" "$err" "this is not the one-time code: --code (allowed: 4 tries left)"
says "sign, with the code asked for" plumber complaint sign "$number" <<<"$code"
stands "work done" 8
says "verify" leader complaint verify "$number" --json
holds "... for programs" "$out" '"version": 9'

# Its owner reads the receipt, and confirms.
exits 65 "a receipt's code that is none" owner receipt show 1-0000
exits 66 "a receipt that is not there" owner receipt show 1-0000-0000-0000-0000
says "the receipt, without a login" owner receipt show "$second_receipt"
holds "... shows how things stand" "$out" "owner to confirm"
holds "... and what is possible" "$out" "possible now:     confirm, withdraw"
says "the same in Chinese" owner receipt show "$second_receipt" --lang zh_CN
holds "... shows it too" "$out" "待业主确认"
exits 81 "nothing to reopen yet" owner receipt code "$second_receipt" --purpose reopen
holds "... is named by the option" "$err" "--purpose"
exits 64 "a purpose that there is not" owner receipt code "$second_receipt" --purpose fun
says "a code to confirm" owner receipt code "$second_receipt" --purpose confirm
code=$(message CODE | six_digits)
exits 77 "a second one within the minute" owner receipt code "$second_receipt" --purpose confirm
holds "... is told how long to wait" "$err" "too many tries in a short time*try again after"
exits 77 "a wrong one" owner receipt confirm "$second_receipt" --one-time-code "$(wrong "$code")"
holds "... is told what is left" "$err" "--one-time-code (allowed: 4 tries left)"
exits 64 "six stars" owner receipt confirm "$second_receipt" --rating 6 --one-time-code "$code"
holds "... are named by the option" "$err" "--rating: '6' is no whole number from 1 to 5"
says "confirm" owner receipt confirm "$second_receipt" --rating 5 --one-time-code-file - <<<"$code"
exits 77 "a used code" owner receipt confirm "$second_receipt" --one-time-code "$code"
holds "... is told so" "$err" "the one-time code was used, is too old, or was tried too often: --one-time-code"
says "how it stands" owner receipt show "$second_receipt"
holds "... is closed" "$out" "closed"

says "the same story in English" desk complaint get "$second"
equals "... by step, state, person, role and device" "$(timeline)" "$(cat <<-END
	submit|submitted|古丽娜尔·买买提, customer service, $device
	accept|accepted|王建国, team leader, $device
	book|booked|王建国, team leader, $device
	dispatch|dispatched|王建国, team leader, $device
	arrive|on site|陈师傅, crew member, $device
	finish work|on site|陈师傅, crew member, $device
	send code|on site|陈师傅, crew member, $device
	sign|work done|陈师傅, crew member, $device
	verify|owner to confirm|王建国, team leader, $device
	confirm|closed|owner, by code
END
)"
tap_end

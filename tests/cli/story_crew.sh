#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story_crew.sh
#
# A socket without power, and who may come when: a licence that counts once two people have seen it, times that are
# proposed, an absence, a visit that is moved and one that nobody opened the door for, somebody else in the same
# place, as many orders as one may have, and materials of the price list; against a running server (serve.sh).
set -euo pipefail
# shellcheck source=tests/cli/story_people.sh
. "$(dirname "$0")/story_people.sh"

settle
person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader 王建国 leader --team "$team" --community "$community"
person manager 刘文静 manager --community "$community"
person plumber 陈师傅 crew-member --crew "$crew"
person apprentice 小马 crew-member --crew "$crew"

# ---- papers

says "a crew for power and water, two orders each" admin crew change "$crew" --trade plumbing,electricity --orders 2
submit "no power" --kind repair --subkind dwelling --place 1-1-101 --category gas --title 插座没电 \
	--text '厨房插座都没电' --contact-name 陈女士 --contact-phone "$phone"
says "accept" leader complaint accept "$number"
exits 64 "a category that there is not" leader complaint classify "$number" --category 魔法
says "it is about power" leader complaint classify "$number" --category power
says "book the crew" leader complaint book "$number" --from "$tomorrow 09:00" --to "$tomorrow 10:00" --crew "$crew"
exits 84 "nobody of the crew has the licence" leader complaint dispatch "$number"
holds "... says which" "$err" "--crew (allowed: ELECTRICIAN"
exits 84 "the same in Chinese" leader complaint dispatch "$number" --lang zh_CN
holds "... says which" "$err" "电工证"
exits 64 "a kind that there is not" manager qualification add "$(id_of plumber)" magician --number 1 \
	--from 2026-01-01 --to 2027-01-01
exits 65 "a licence that ends before it begins" manager qualification add "$(id_of plumber)" electrician \
	--number T1 --from 2027-01-01 --to 2026-01-01
holds "... is named by its option" "$err" "--to"
says "a licence" manager --json qualification add "$(id_of plumber)" electrician --number T6501-001 \
	--from 2026-01-01 --to 2099-12-31
licence=$(field qualification_id)
exits 84 "which nobody else has seen" leader complaint dispatch "$number"
exits 77 "who added it does not verify it" manager qualification verify "$licence"
holds "... is told who does" "$err" "neither who added it, nor the person it is of"
says "the administrator does" admin qualification verify "${licence:0:13}"
says "how it stands" leader qualification list "$(id_of plumber)" --lang zh_CN
holds "... in words" "$out" "电工证"
holds "... verified" "$out" "已核验"
equals "... without its number" "$(grep -c T6501 <<<"$out")" 0
says "its own holder" plumber qualification list
holds "... sees the number" "$out" "T6501-001"
says "one that has run out" manager qualification add "$(id_of apprentice)" care --number H1 \
	--from 2020-01-01 --to 2024-01-01
says "what needs somebody's eye" manager --json qualification list --within 30
holds "... is that one" "$out" '"number":"H1"'
equals "... alone" "$(grep -o '"qualification_id"' <<<"$out" | wc -l)" 1
old=$(sed -n 's/.*"qualification_id":"\([^"]*\)".*/\1/p' <<<"$out" | head -n 1)
says "doctor" manager doctor
holds "... knows it too" "$out" "1 ends within 30 days, or has ended"
says "taken out" manager qualification end "$old"
says "doctor is content" manager doctor
equals "... with that" "$(grep -c 'ends within' <<<"$out")" 0

# ---- times

says "times for it" leader complaint windows "$number" --from "$tomorrow 00:00" --count 3
holds "... from the opening on" "$out" "$tomorrow 08:30"
holds "... by whoever holds the licence" "$out" 陈师傅
equals "... and by nobody else" "$(grep -c 小马 <<<"$out")" 0
says "for programs" leader --json complaint windows "$number" --from "$tomorrow 00:00" --worker "$(id_of plumber)"
holds "... with the person" "$out" '"worker_name": "陈师傅"'
says "book the first" leader complaint book "$number" --from "$tomorrow 08:30" --to "$tomorrow 10:00" \
	--crew "$crew" --worker "$(id_of plumber)"
holds "the owner is told of the other time" "$(message VISIT_CHANGED)" "原约$tomorrow 09:00–10:00作废"
exits 83 "nobody is away who is awaited" leader absence add "$(id_of plumber)" sick \
	--from "$tomorrow 08:00" --to "$tomorrow 12:00"
holds "... is told why" "$err" "first give the visits of that time to somebody else"
says "away in the afternoon" leader --json absence add "$(id_of plumber)" training \
	--from "$tomorrow 13:00" --to "$tomorrow 18:00"
absence=$(field absence_id)
exits 83 "not to be booked then" leader complaint book "$number" --from "$tomorrow 14:00" --to "$tomorrow 15:00"
holds "... says why" "$err" "somebody who is not away then"
says "who is away" leader absence list --lang zh_CN
holds "... and why" "$out" "培训"
says "the calendar" desk calendar list --crew "$crew" --from "$tomorrow 00:00" --to "$tomorrow 23:00"
holds "... has the visit" "$out" "booked visit"
holds "... and the absence" "$out" away
equals "... but not why" "$(grep -ci training <<<"$out")" 0
says "back" leader absence end "${absence:0:13}"
says "now there is time" leader complaint book "$number" --from "$tomorrow 14:00" --to "$tomorrow 15:30"
holds "the owner is told" "$(message VISIT_CHANGED)" "原约$tomorrow 08:30–10:00作废"

# ---- the visit

says "dispatch" leader complaint dispatch "$number"
says "nobody opens" plumber complaint return "$number" --reason no-entry --words '敲门十分钟'
holds "the owner is told" "$(message VISIT_CHANGED)" "未能入户"
says "how often that was" leader complaint get "$number"
holds "... is counted" "$out" "times not let in:"
says "book again" leader complaint book "$number" --from "$tomorrow 16:00" --to "$tomorrow 17:30" \
	--crew "$crew" --worker "$(id_of plumber)"
says "dispatch" leader complaint dispatch "$number"
exits 84 "the apprentice has no licence" leader complaint reassign "$number" --worker "$(id_of apprentice)" \
	--reason '师傅忙不过来'
exits 65 "somebody else than who has it" leader complaint reassign "$number" --worker "$(id_of plumber)" --reason x
says "a licence for the apprentice" manager --json qualification add "$(id_of apprentice)" electrician \
	--number T6501-002 --from 2026-01-01 --to 2099-12-31
says "... seen" admin qualification verify "$(field qualification_id)"
says "somebody else" leader complaint reassign "$number" --worker "$(id_of apprentice)" --reason '师傅忙不过来'
holds "the owner is told" "$(message VISIT_CHANGED)" "上门人员：小马"
exits 77 "who had it does not arrive" plumber complaint arrive "$number" --entry-consent
says "who has it does" apprentice complaint arrive "$number" --entry-consent

# ---- as many orders as one may have

first=$number
for hour in 09 11 13; do
	submit "a leak, $hour:00" --kind repair --place 1-1 --category water-leak --text "第${hour}处漏水" \
		--contact-phone "$phone"
	says "accept" leader complaint accept "$number"
	says "book" leader complaint book "$number" --from "$tomorrow $hour:00" --to "$tomorrow $hour:30" \
		--crew "$crew" --worker "$(id_of plumber)"
	[ "$hour" = 13 ] || says "dispatch" leader complaint dispatch "$number"
done
exits 83 "the third is one too many" leader complaint dispatch "$number"
holds "... says so" "$err" "the person has as many open orders as one may have: --worker"
exits 83 "the same in Chinese" leader complaint dispatch "$number" --lang zh_CN
holds "... says so" "$err" "该人在手单已达上限"
says "three are allowed" admin crew change "$crew" --trade plumbing,electricity --orders 3
says "then it goes" leader complaint dispatch "$number"

# ---- materials

number=$first
says "a price" manager price set "SOCKET-$run" --name 五孔插座 --unit 个 --price 12.50
exits 82 "the same once more" manager price set "SOCKET-$run" --name 五孔插座 --unit 个 --price 13
says "another price" manager price set "SOCKET-$run" --name 五孔插座 --unit 个 --price 15.00 --version 1
exits 64 "no price" manager price set "X-$run" --name x --unit 个 --price viel
says "the list" apprentice price list
holds "... has it" "$out" "15.00"
exits 65 "what is not on it" apprentice complaint 'done' "$number" --result 换了插座 --photo "$photo" \
	--material "SOCKETS-$run:2"
holds "... is named by the option" "$err" "one of the company's list"
says "done" apprentice complaint 'done' "$number" --result 换了插座 --photo "$photo" --material "SOCKET-$run:2" \
	--material '绝缘胶布:0.5:卷:3.00'
text=$(message SERVICE_RECEIPT)
holds "the receipt has the list's words and price" "$text" "五孔插座：2个，单价15.00元，小计30.00元"
holds "... and the sum" "$text" "材料费合计：31.50元"
says "off the list" manager price end "SOCKET-$run" --version 2
exits 65 "not any more" apprentice complaint 'done' "$number" --result 换了插座 --photo "$photo" \
	--material "SOCKET-$run:2"

# ---- the timeline

says "the whole story" leader complaint get "$number" --lang zh_CN
holds "... says who was sent in whose place" "$out" "改派"
holds "... and why" "$out" "师傅忙不过来"
holds "... and that nobody opened" "$out" "无法入户"
tap_end

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story_clock.sh
#
# The clocks of a complaint (product.md row C8), against a running server (serve.sh): they begin and are met with its
# steps, what has run out is told in its timeline and found by its list. Times are those of an emergency, which
# count every hour, and of an authority whose deadline is too near to be kept.
set -euo pipefail
# shellcheck source=tests/cli/story_people.sh
. "$(dirname "$0")/story_people.sh"
# shellcheck source=tests/cli/clocks.sh
. "$(dirname "$0")/clocks.sh"

settle
person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader 王建国 leader --team "$team" --community "$community"

submit "an emergency" --kind repair --subkind emergency --urgency urgent --place 1-1-101 --text '水管爆裂' \
	--contact-phone "$phone"
says "its clocks begin" shows '"clocks":\['
shows '"clocks":\[' || true
submitted=$(time_of submitted_us)
equals "accept within ten minutes" "$(minutes "$(clock ACCEPT due_us)" "$submitted")" 10
equals "advise within a day" "$(minutes "$(clock ADVISE due_us)" "$submitted")" 1440
equals "what is due first" "$(grep -c '"due_clock":"ACCEPT"' <<<"$out")" 1
says "the list" desk complaint list --due-before "$tomorrow 00:00"
says "accept" leader complaint accept "$number"
shows '"number":"RESOLVE"' || true
equals "it was in time" "$(grep -cE '"number":"ACCEPT"[^}]*"is_late":false' <<<"$out")" 1
equals "resolve within four hours" "$(minutes "$(clock RESOLVE due_us)" "$(clock RESOLVE from_us)")" 240
equals "arrive within twenty minutes" "$(minutes "$(clock ARRIVE due_us)" "$(clock ARRIVE from_us)")" 20
says "for people" leader complaint get "$number"
holds "... too" "$out" "CLOCK"
says "in Chinese" cli --lang zh_CN --profile leader complaint get "$number"
holds "... too" "$out" "时限"
equals "... without what is for translators" "$(grep -c 'Content-Type' <<<"$out")" 0
says "what has run out" desk complaint list --overdue
equals "... not this" "$(grep -c "$number" <<<"$out")" 0

exits 65 "a deadline is an authority's" desk complaint submit --place 1-1-101 --text x --deadline "$tomorrow 00:00"
holds "... says so" "$err" "--deadline"
soon=$(TZ=Asia/Shanghai date -d '+1 hour' '+%F %H:%M')
submit "passed on by an authority" --kind complaint --channel authority --place 1-1-102 --text '楼道堆放杂物' \
	--deadline "$soon"
says "accept" leader complaint accept "$number"
says "a day before its deadline is over: told" shows '"step":"CLOCK"'
says "for people" leader complaint get "$number"
holds "... at the highest threshold" "$out" "resolve: 200 %"
says "what has run out" desk complaint list --overdue
holds "... is listed" "$out" "$number"
tap_end

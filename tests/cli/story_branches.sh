#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story_branches.sh
#
# What is not a visit to a flat, against a running server (serve.sh): the queue and from team to team, out of scope,
# answers, rests, the same matter twice, spam, an emergency, complaints about staff and by people who are protected.
# Each by the people whose it is; others are refused.
set -euo pipefail
# shellcheck source=tests/cli/story_people.sh
. "$(dirname "$0")/story_people.sh"

settle
person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader 王建国 leader --team "$team" --community "$community"
person neighbour 赵敏 leader --team "$other_team" --community "$community"
person officer 孙立 officer --team "$team" --community "$community"
person manager 周桂英 manager --community "$community"
person plumber 陈师傅 crew-member --crew "$crew"
# take NAME OPTIONS...: one about the gate, which is the team's, submitted and accepted.
take() {
	submit "$@" --place 南门
	says "accept" leader complaint accept "$number"
}

# ---- nobody's garden

says "what is nobody's" desk complaint submit --kind suggestion --place 中心花园 --category greening \
	--text '花园的树该修剪了' --contact-phone "$phone"
number=$out
holds "... is in the queue" "$err" "it is in customer service's queue"
holds "... of that category" "$err" "category: Greening"
says "the queue" desk complaint list --queue
holds "... has it" "$out" "$number"
exits 66 "no team sees it" leader complaint get "$number"
exits 64 "no team without a reason" desk complaint pass "$number" --team "$team"
exits 66 "a team that is not there" desk complaint pass "$number" --team 三号楼小组 --reason x
holds "... is named" "$err" "三号楼小组"
says "pass it to a team" desk complaint pass "$number" --team "$other_team" --reason '最近的小组'
stands submitted 2
says "the queue" desk complaint list --queue
equals "... is empty" "$(grep -c "$number" <<<"$out")" 0
exits 65 "not to the team that has it" neighbour complaint pass "$number" --team "$other_team" --reason x
holds "... is named by the option" "$err" "--team (allowed: another team"
says "accept" neighbour complaint accept "$number"
says "pass it on" neighbour complaint pass "$number" --team "$team" --reason '花园归一组'
holds "... and see it no more" "$err" "$number: done"
exits 66 "it is theirs no more" neighbour complaint get "$number"
says "accept it anew" leader complaint accept "$number"

# ---- out of scope

exits 64 "advice is words" leader complaint advise "$number"
says "advise" leader complaint advise "$number" --advice '请联系市园林局，电话 12345。'
stands advised 6
holds "the owner is told" "$(message ADVICE)" "请联系市园林局"
exits 81 "nobody judges what was not reported" officer complaint agree "$number"
says "report up" leader complaint report-up "$number" --reason '不归物业'
exits 77 "the leader does not agree with himself" leader complaint agree "$number"
says "overrule" officer complaint overrule "$number" --reason '合同里有绿化养护'
stands accepted 8
says "advise again" leader complaint advise "$number" --advice - <<<'请等秋天。'
says "report up again" leader complaint report-up "$number"
says "agree" officer complaint agree "$number"
stands 'closed, out of scope' 11
exits 77 "who agreed does not ask how it was" officer complaint follow-up "$number" --score 5
exits 81 "suggestions are not confirmed" desk complaint confirm "$number"

# ---- an answer

take "a question" --kind enquiry --text '物业费怎么交？' --contact-phone "$phone"
exits 64 "an answer is words" leader complaint answer "$number"
says "answer" leader complaint answer "$number" --answer '手机上可以交。'
says "send" desk complaint send "$number"
holds "the owner is answered" "$(message ANSWER)" "手机上可以交。"
exits 77 "the leader does not confirm for the owner" leader complaint confirm "$number"
exits 81 "too early to decide" manager complaint decide "$number" --reason x
exits 77 "not the leader's to decide" leader complaint decide "$number" --reason x
says "refuse for an owner who calls" desk complaint refuse "$number" --reason '没有智能手机'
stands reopened 5
says "answer again" desk complaint answer "$number" --answer '也可以到服务台交。'
says "send" leader complaint send "$number"
exits 64 "nine of five" desk complaint confirm "$number" --rating 9
says "confirm" desk complaint confirm "$number" --rating 3
exits 77 "not the leader's to reopen" leader complaint reopen "$number" --reason x
says "reopen" desk complaint reopen "$number" --reason '又来问'
stands reopened 9
says "withdraw" desk complaint withdraw "$number" --reason '已经交了'
stands withdrawn 10
exits 81 "nothing follows" desk complaint reopen "$number" --reason x

# ---- it rests

take "a gate" --kind repair --text '南门合不上' --category security-access --contact-phone "$phone"
exits 64 "a reason that there is not" leader complaint suspend "$number" --reason 下雨 --until "$tomorrow"
exits 65 "until yesterday" leader complaint suspend "$number" --reason waiting-parts --until "$yesterday"
holds "... is named by the option" "$err" "--until"
exits 77 "not for customer service" desk complaint suspend "$number" --reason waiting-parts --until "$tomorrow"
says "suspend" leader complaint suspend "$number" --reason waiting-parts --until "$tomorrow 09:00" --words '等门锁'
stands suspended 3
holds "the owner is told until when" "$(message SUSPENDED)" "$tomorrow 09:00"
exits 81 "nothing goes on" leader complaint answer "$number" --answer x
says "the gate" leader complaint get "$number" --lang zh_CN
holds "... says until when" "$out" "$tomorrow 09:00"
holds "... says why" "$out" "等待配件"
says "resume" leader complaint resume "$number"
stands accepted 4
exits 81 "resume twice" leader complaint resume "$number"

# ---- the same matter twice

master=$number
says "the same once more" desk complaint similar --place 南门 --category security-access --text '南门合不上，一直开着'
holds "... is there already" "$out" "$master"
says "for programs" desk --json complaint similar --place 南门 --category security-access --text '南门合不上' --limit 1
holds "... with how alike it is" "$out" '"score"'
says "what nobody has said" desk complaint similar --place 南门 --category noise --text '半夜有人唱歌'
holds "... is not there" "$err" "nothing like it"
exits 66 "a place that is not there" desk complaint similar --place 没有 --text x
exits 64 "twenty at most" desk complaint similar --place 南门 --text x --limit 21
says "a script is shown nothing" desk complaint submit --place 南门 --category security-access \
	--text '南门又合不上了'
equals "... of what is there" "$(grep -c "$master" <<<"$err")" 0
says "but where it asks" desk complaint submit --similar --place 南门 --category security-access \
	--text '南门还是合不上'
holds "... it is, and how they are joined" "$err" "$master*complaint merge"
take "the same gate" --text '南门一直开着'
exits 65 "not with itself" leader complaint merge "$number" "$number"
exits 66 "not with what is not there" leader complaint merge "$number" 20010101-0001
exits 80 "an old version of the other" leader complaint merge "$number" "$master" --master-version 1
holds "... is named by the option" "$err" "--master-version"
exits 80 "an old version" leader complaint merge "$number" "$master" --version 1
says "merge" leader complaint merge "$number" "$master"
stands merged 3
exits 81 "merge twice" leader complaint merge "$number" "$master"
says "unmerge" desk complaint unmerge "$number"
stands accepted 4
says "merge by customer service" desk complaint merge "$number" "$master"

# ---- spam

submit "spam" --text '低价贷款' --place 1-1
exits 77 "not the leader's to reject" leader complaint reject "$number" --reason 广告
exits 64 "not without a reason" manager complaint reject "$number"
says "reject" manager complaint reject "$number" --reason 广告
stands rejected 2
exits 81 "nothing follows" leader complaint accept "$number"

# ---- an emergency at the gate: at once, and nobody to sign

take "not so urgent" --text '门禁有点慢'
exits 81 "what is not urgent wants an appointment" leader complaint dispatch "$number" --crew "$crew"
holds "... says so" "$err" "an urgent complaint, or an appointment first"
take "an emergency" --kind repair --subkind emergency --urgency urgent --text '南门水管爆了' \
	--contact-phone "$phone"
exits 65 "somebody must go" leader complaint dispatch "$number"
holds "... is named by the option" "$err" "--crew"
exits 66 "a crew that is not there" leader complaint dispatch "$number" --crew 没有
says "dispatch at once" leader complaint dispatch "$number" --crew "$crew"
holds "the owner is told when" "$(message APPOINTMENT)" "$out"
says "anybody of the crew arrives" plumber complaint arrive "$number"
says "the crew may call the owner" plumber complaint get "$number"
holds "... but not read the whole number" "$out" "telephone:"
equals "... of the owner" "$(grep -c "$phone" <<<"$out")" 0
says "done" plumber complaint 'done' "$number" --result '关阀换管' --photo "$photo" --photo "$photo"
says "there is nobody to sign" plumber complaint sign "$number" --nobody
stands "work done" 6
exits 77 "customer service does not verify" desk complaint verify "$number"
says "verify" leader complaint verify "$number"
says "confirm" desk complaint confirm "$number" --rating 5
says "its receipts" desk receipt list "$number"
holds "... say so" "$out" "nobody to sign"

# ---- soon afterwards the same again

original=$number
says "the pipe bursts again" desk complaint submit --kind repair --text '南门水管又爆了' --place 南门 --contact-phone "$phone"
number=$out
holds "... which is a repeat" "$err" "it is a repeat of"
says "repeats" desk complaint list --repeats
holds "... are listed" "$out" "$number"
exits 77 "the leader does not say that it is none" leader complaint repeat "$number"
says "it was another pipe" desk complaint repeat "$number" --words '是另一根管'
says "repeats" desk complaint list --repeats
equals "... no more" "$(grep -c "$number" <<<"$out")" 0
exits 65 "not of itself" desk complaint repeat "$number" --repeat-of "$number"
holds "... is named by the option" "$err" "--repeat-of"
says "it was the same after all" desk complaint repeat "$number" --repeat-of "$original"
says "the repeat" leader complaint get "$number"
holds "... says of which, in its timeline" "$out" "other complaint: $original"

# ---- two matters in one, and an owner who asks again

submit "two matters" --kind repair --text '水管爆了，门禁也坏了' --place 南门 --contact-phone "$phone"
says "the other one becomes one of its own" leader complaint split "$number" --text '门禁坏了' \
	--category security-access --words '两件事'
part=$(head -n 1 <<<"$out")
part_code=$(tail -n 1 <<<"$out")
holds "... with a number" "$part" "[0-9]-0"
says "the part" leader complaint get "$part"
holds "... says whence it came" "$out" "other complaint: $number"
exits 64 "no matter" leader complaint split "$number"
says "the owner asks again" desk complaint chase "$number" --words '怎么还不来'
says "... and again" desk complaint chase "$number"
says "it" leader complaint get "$number"
holds "... was asked about once in the hour" "$out" "times asked again: *1"
exits 81 "by the receipt not within the hour" owner receipt chase "$receipt"
holds "... and why" "$err" "an hour since"
says "but for the part" owner receipt chase "$part_code" --words '门还开着'
says "what owners ask about" desk complaint list --chased
holds "... has the one" "$out" "$number"
holds "... and the other" "$out" "$part"

# ---- what many say at once

manager watch --json --timeout 100 >"$work/watch" 2>&1 &
watcher=$!
for i in 1 2 3 4 5; do
	says "household $i" desk complaint submit --text '整栋楼停水了' --category water-no-supply --place 1-1 \
		--contact-phone "1390000000$i"
done

# ---- about somebody, and by somebody

exits 65 "who is anonymous has no telephone" desk complaint submit --text x --place 1-1 --reporter anonymous \
	--contact-phone "$phone"
submit "anonymous" --text '有人扔烟头' --place 1-1 --reporter anonymous
says "what is anonymous" leader complaint get "$number"
holds "... says so" "$out" "anonymous"
submit "a violation" --kind violation --text '三楼在拆承重墙' --place 1-1 \
	--contact-name 刘女士 --contact-phone "$phone"
says "who reports it" leader complaint get "$number"
holds "... is protected" "$out" "protected"
equals "... and not named" "$(grep -c 刘女士 <<<"$out")" 0
says "the manager" manager complaint get "$number"
holds "... can see who it is" "$out" 刘女士
submit "about the leader" --subkind staff-conduct --respondent "$(id_of leader)" \
	--text '组长说话难听' --place 1-1
exits 66 "the leader does not see it" leader complaint get "$number"
says "the officer leads it" officer complaint accept "$number"
exits 65 "who it is about is not sent" officer complaint book "$number" --from "$tomorrow 10:00" \
	--to "$tomorrow 11:00" --worker "$(id_of leader)"
says "report" officer complaint advise "$number" --advice '我们会谈话'
says "report up" officer complaint report-up "$number"
exits 77 "who leads it is not above it" officer complaint agree "$number"
says "the manager overrules" manager complaint overrule "$number" --reason '要书面答复'
stands accepted 5

# ---- the server has looked meanwhile, as it does once a minute

for ((i = 0; i < 900; i++)); do
	grep -qs '"step":"COLLECTIVE"' "$work/watch" && break
	sleep 0.1
done
kill $watcher 2>/dev/null || true
wait $watcher 2>/dev/null || true
holds "the manager is told that many say so, and how many" "$(grep COLLECTIVE "$work/watch")" '"score":5'
equals "... once" "$(grep -c COLLECTIVE "$work/watch")" 1
says "collective complaints" desk --json complaint list --collective
equals "... are those of the five" "$(grep -o '"number"' <<<"$out" | wc -l)" 5
tap_end

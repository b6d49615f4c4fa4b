#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story.sh
#
# The command line against a running server (serve.sh), as people use it: the first login, people, lists, what is
# watched, an import, a server that dies, passwords, and a person who leaves.
set -euo pipefail
# shellcheck source=tests/cli/story_people.sh
. "$(dirname "$0")/story_people.sh"
found() { # NAME COUNT FILTERS...
	local name=$1 count=$2
	shift 2
	says "by $name" desk --json complaint list --community "$community" "$@"
	equals "... as many as there are" "$(grep -o '"number"' <<<"$out" | wc -l)" "$count"
}

# ---- before anybody is logged in

says "a profile" cli profile add admin --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA" \
	--login "$GUANJIA_TEST_ADMIN"
exits 77 "without a session a command says so" admin whoami
holds "... and how to log in" "$err" "guanjia --profile admin login"
exits 77 "doctor comes as far as the session" admin doctor
holds "... over TLS" "$out" "guanjia/1"
exits 78 "a profile that is not there" cli --profile nobody whoami
holds "... is told how it is made" "$err" "profile add nobody"
exits 64 "a command that is not there" cli frobnicate
exits 64 "a missing argument" admin complaint accept
echo "not the password" >"$work/wrong"
exits 77 "a wrong password" admin login --password-file "$work/wrong"
holds "... is refused without saying which" "$err" "no such account, or not this password"
says "a profile elsewhere" cli profile add nowhere --server 127.0.0.1:1 \
	--ca "$GUANJIA_TEST_CA" --login x
exits 68 "a server that is not there" cli --profile nowhere login --password-file "$work/wrong"
if command -v openssl >/dev/null; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=other -days 2 \
		-keyout "$work/other.key" -out "$work/other.crt" 2>/dev/null
	says "a profile that trusts another authority" cli profile add stranger \
		--server "$GUANJIA_TEST_SERVER" --ca "$work/other.crt" --login x
	exits 76 "a server that is not trusted" \
		cli --profile stranger login --password-file "$work/wrong"
	exits 76 "... and doctor" cli --profile stranger doctor
	holds "... names the check that failed" "$out" "TLS and trust:    FAILED"
fi

# ---- the administrator makes a community and its people

settle
equals "the token is nobody else's" "$(stat -c %a "$GUANJIA_HOME/admin.session")" 600
says "whoami" admin whoami
holds "... is an administrator" "$out" "administrator"
says "status" admin status
holds "... of a database that answers" "$out" "answers"
says "doctor is content" admin doctor
says "doctor for programs" admin --json doctor
holds "... says so" "$out" '"verdict": "ok"'
exits 82 "the community's name is taken" admin community add "$community"
says "communities, teams and crews" admin community list --lang zh_CN
holds "... the community, with whom to ask" "$out" "服务台 0571-0000 0000"
holds "... the team" "$out" "$team"
holds "... the crew, with its trade" "$out" "给排水"
says "what the crew can do changes" admin crew change "$crew" --trade lift,plumbing
says "... at once" admin community list
holds "... and is listed" "$out" "lifts"
says "the places of a building" admin place list --community "$community" --prefix 1
holds "... have teams" "$out" "$team"
says "the garden" admin place get 中心花园 --community "$community"
says "another place" admin place add 喷泉 --kind facility --name 音乐喷泉 --community "$community"
says "they are given to a team" admin patch assign 中心花园,喷泉 --team "$other_team" --community "$community"
says "whose they are" admin patch list --team "$other_team" --community "$community"
holds "... both" "$out" "喷泉"

person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader 王建国 leader --team "$team" --community "$community"
person plumber 陈师傅 crew-member --crew "$crew"
exits 65 "a role needs its scope" admin grant add "desk$run" leader --crew "$crew"
holds "... and says which" "$err" "role"
exits 65 "a password that is too short" admin account add "x$run" --name x --password-file <(echo short)
holds "... is named by its option" "$err" "--password-file (allowed: 8 to 128 characters)"
exits 66 "an account that is not there" admin grant add "nobody$run" leader --team "$team"
exits 77 "who takes complaints makes no accounts" desk account list
says "the team" admin team members "$team" --community "$community"
holds "... has its leader" "$out" 王建国
says "the crew" admin crew members "$crew"
holds "... has its plumber" "$out" 陈师傅

# ---- a complaint from the call to the close, and who watches

leader watch --count 4 --timeout 60 >"$work/watch" 2>&1 &
watcher=$!
leader watch --json --count 1 --timeout 60 >"$work/watch.json" 2>&1 &
watcher_json=$!
sleep 1 # until both watch: there is nothing to see that says so
says "a complaint by phone" desk complaint submit --kind 报修 --lang zh_CN --title 电梯不动了 \
	--text '三号楼电梯停在五楼' --urgency urgent --place 1-1 --category 电梯故障 --contact-phone "$phone"
number=$out
holds "... has a number" "$number" "[0-9]-0001"
holds "... goes to the team" "$err" "$team"
says "accept" leader complaint accept "$number"
says "answer, in words from standard input" leader complaint answer "$number" \
	--answer - <<<'已重启，恢复运行。'
says "send" leader complaint send "$number"
says "confirm, for programs" desk complaint confirm "$number" --rating 5 --json
holds "... with the version" "$out" '"version": 5'
says "the case" desk complaint get "$number"
holds "... is closed" "$out" "closed"
holds "... with the answer" "$out" "已重启"
says "the same for programs" desk --json complaint get "$number"
holds "... by name" "$out" '"state": "CLOSED"'
id=$(sed -n 's/.*"complaint_id": "\([^"]*\)".*/\1/p' <<<"$out" | head -n 1)
says "by its id" desk complaint get "$id"
says "by the beginning of its id" desk complaint get "${id:0:13}"
exits 66 "a number that is not there" desk complaint get 20010101-0001
exits 80 "an old version for programs" leader --json complaint accept "$number" --version 1
holds "... comes with the present record" "$err" '"current":{"community_id"'
code=0
wait $watcher || code=$?
equals "the watch has seen enough" "$code" 0
holds "... of the acceptance" "$(cat "$work/watch")" "submitted → accepted"
holds "... of the answer" "$(cat "$work/watch")" "answered → owner to confirm"
says "another goes on where it ended" leader watch --mine --count 1 --timeout 60 \
	--from "$(sed -n 's/.*--from //p' "$work/watch")"
holds "... with what that one has not shown" "$out" "owner to confirm → closed"
exits 64 "a position that is none" leader watch --from 1.2
exits 64 "two at once" leader watch --mine --my-teams
wait $watcher_json || true
holds "... and for programs" "$(cat "$work/watch.json")" '{"topic":"complaint","event":{"position"'
exits 75 "a watch gives up in time" leader watch --count 1 --timeout 1
desk watch --complaint "$number" --count 1 --timeout 60 >"$work/watch.one" 2>&1 &
watcher=$!

# ---- lists

for i in 1 2 3 4 5; do
	says "complaint $i" desk complaint submit --title "走廊灯$i" --text "第${i}盏灯坏了" --place 2-1 \
		--key "$(key $i)"
done
says "the same key again does nothing twice" desk complaint submit --title "走廊灯5" \
	--text "第5盏灯坏了" --place 2-1 --key "$(key 5)"
holds "... and says so" "$err" "nothing was done twice"
exits 65 "the same key for something else" desk complaint submit --text other --place 2-1 \
	--key "$(key 5)"
says "found by words" desk complaint list --text 灯坏了
equals "... five of them, and a heading" "$(wc -l <<<"$out")" 6
says "open ones" desk --json complaint list --open
equals "... are five" "$(grep -o '"number"' <<<"$out" | wc -l)" 5
says "counted" desk --json complaint count --open
holds "... they are five too" "$(tr -d ' ' <<<"$out")" '"total":5'
says "by state" desk complaint list --state closed,accepted
holds "... the first one" "$out" "$number"
says "two of them" desk --json complaint list --limit 2
holds "... and more are there" "$out" '"has_more": true'
found "team" 1 --team "$team" --all
found "another team" 5 --team "$other_team"
found "number" 1 --number "$number"
found "place" 1 --place 1-1
found "building, of what is in it" 5 --place 2
found "place that has none" 0 --place 1-1-101
found "category" 1 --category elevator-fault
found "group of categories" 1 --category 电梯
found "another category" 0 --category heating
found "telephone" 1 --phone "$phone"
exits 65 "part of a telephone" desk complaint list --phone 13800
holds "... is named by the option" "$err" "--phone"
found "several conditions" 1 --place 1 --state closed --text 电梯
found "the queue" 0 --queue
exits 77 "who may not see a telephone may not search by one" plumber complaint list --phone "$phone"
exits 66 "a team that is not there" desk complaint list --team 没有
exits 64 "a state that is not there" desk complaint list --state lost
says "in Chinese" desk --lang zh_CN complaint list --limit 1
if [ -n "${GUANJIA_LOCALE_DIR:-}" ]; then
	holds "... with Chinese headings" "$out" "管家小组"
fi

says "what was closed is opened again" desk complaint reopen "$number" --reason '又停了'
code=0
wait $watcher || code=$?
equals "who watches it alone has seen that alone" "$code" 0
holds "... of all that was done" "$(cat "$work/watch.one")" "closed → reopened"

# ---- any method

says "call" desk call session.whoami
holds "... answers with JSON" "$out" "\"login\": \"desk$run\""
says "call with bytes and enums" desk call complaint.list \
	"{\"community_id\": \"$(sed -n 's/.*"community_id": "\([^"]*\)".*/\1/p' \
		<<<"$(desk --json complaint get "$id")" | head -n 1)\", \"states\": [\"REOPENED\"], \"limit\": 1}"
holds "... finds it" "$out" "$number"
exits 64 "JSON that is none" desk call complaint.list '{"colour": 1}'
holds "... is told where" "$err" ".colour"
exits 69 "a method that is not there" desk call complaint.destroy
says "call from standard input" desk call community.list - <<<'{}'

# ---- import

cat >"$work/messages.csv" <<-'CSV'
	msg_id,created_at,title,detail,other
	a1,2026-11-20 08:00,水管漏水,"厨房水管漏水，
	请派人来",x
	a2,2026/11/20 9:05,停车,地下车库有人占位,y
	a3,2026-11-20T10:00:00,噪音,楼上半夜装修,z
CSV
says "dry run" desk complaint import "$work/messages.csv" --dry-run --source "$run"
says "import" desk complaint import "$work/messages.csv" --source "$run"
holds "... sends three" "$out" "rows 3, sent 3, already there 0, bad 0, failed 0"
found "the queue, which has it" 3 --queue
says "import again" desk complaint import "$work/messages.csv" --source "$run"
holds "... doubles nothing" "$out" "rows 3, sent 0, already there 3, bad 0, failed 0"
iconv -f UTF-8 -t GB18030 "$work/messages.csv" >"$work/gb.csv"
says "import of another encoding" desk --json complaint import "$work/gb.csv" --source "$run" \
	--encoding GB18030
holds "... is the same" "$out" '"already_there": 3'
printf 'a4,yesterday,t,d,\na5,2026-11-20 11:00,t,\xff,\na6,2026-11-20 12:00,灯,灯坏了,\n' \
	>>"$work/messages.csv"
exits 66 "a file with bad rows" desk complaint import "$work/messages.csv" --source "$run"
holds "... names the row, the column and why" "$err" "row 5, created_at: is no time"
holds "... each of them" "$err" "row 6, detail: not UTF-8"
holds "... and sends nothing" "$out" "sent 0"
says "the good ones" desk complaint import "$work/messages.csv" --source "$run" --skip-bad
holds "... are sent" "$out" "rows 6, sent 1, already there 3, bad 2, failed 0"
exits 66 "a file without a column" desk complaint import <(printf 'msg_id,title\n') --source "$run"
holds "... is told which" "$err" "created_at"
sed -i 's/楼上/楼下/' "$work/messages.csv"
exits 66 "a message that has changed" desk complaint import "$work/messages.csv" --source "$run" --skip-bad
holds "... is not overwritten" "$err" "row 4: this key was used before"
exits 77 "who leads does not import" leader complaint import "$work/messages.csv" --source "$run" --skip-bad

# ---- a server that dies without a word

if [ -n "${GUANJIA_TEST_RESTART:-}" ]; then
	leader watch --count 1 --timeout 60 >"$work/watch" 2>"$work/watch.err" &
	watcher=$!
	sleep 1
	says "the server is killed and comes back" restart
	says "who was logged in still is" desk whoami
	says "a complaint afterwards" desk complaint submit --text 又坏了 --place 1-1
	code=0
	wait $watcher || code=$?
	equals "... is seen" "$code" 0
	holds "... with its number" "$(cat "$work/watch")" "$(tail -n 1 <<<"$out")"
	equals "... and nothing was missed in between" "$(grep -c 'load lists again' "$work/watch")" 0

	{
		echo msg_id,created_at,title,detail
		for ((i = 0; i < 3000; i++)); do echo "r$i,2026-11-20 08:00,第 $i 条,内容 $i"; done
	} >"$work/many.csv"
	desk --json complaint import "$work/many.csv" --source "$run" >"$work/many" 2>"$work/many.err" &
	importer=$!
	sleep 0.5
	says "the server is killed during an import" restart
	code=0
	wait $importer || code=$?
	equals "... which goes on" "$code" 0
	holds "... and fails for no row" "$(cat "$work/many")" '"failed": 0'
	says "once more" desk complaint import "$work/many.csv" --source "$run"
	holds "... every row was there" "$out" "sent 0, already there 3000"
	says "all of them" desk --json complaint list --text 内容 --all
	equals "... are there once" "$(grep -o '"title":"第 [0-9]* 条"' <<<"$out" | sort -u | wc -l)" 3000
	equals "... and no more" "$(grep -o '"number"' <<<"$out" | wc -l)" 3000
fi

# ---- passwords, and people who leave

printf 'password-of-plumber\nanother-password\n' >"$work/both"
says "a new password, by standard input" plumber account password <"$work/both"
exits 77 "its session has ended" plumber whoami
exits 77 "the old password is gone" plumber login --password-file "$work/plumber"
says "the new one is good" plumber login --password-file <(echo another-password)
says "an administrator sets one" admin account password "plumber$run" \
	--own-password-file "$GUANJIA_TEST_PASSWORD_FILE" --password-file "$work/plumber"
says "grants" admin --json grant list "desk$run"
grant=$(sed -n 's/.*"grant_id": "\([^"]*\)".*/\1/p' <<<"$out" | head -n 1)
says "a grant ends" admin grant end "$grant"
exits 66 "and with it what it let see" desk complaint list --community "$community"
says "somebody leaves" admin account leave "leader$run"
exits 77 "... and is not let in" leader login --password-file "$work/leader"
says "the list of accounts" admin account list
holds "... says so" "$out" "has left"
says "log out" admin logout
says "log out twice" admin logout
exits 77 "nobody is logged in" admin whoami
says "profiles" cli --json profile list
holds "... know it" "$out" '"has_session": false'

# ---- the program itself

says "completions" cli completion bash
printf '%s\n' "$out" >"$work/completion"
says "... are bash" bash -n "$work/completion"
equals "... and know the steps" "$(bash -c ". $work/completion
	COMP_WORDS=(guanjia --profile x complaint ac) COMP_CWORD=4; _guanjia; echo \${COMPREPLY[*]}")" accept
equals "... and the states" "$(bash -c ". $work/completion
	COMP_WORDS=(guanjia complaint list --state cl) COMP_CWORD=4; _guanjia; echo \${COMPREPLY[*]}")" "closed closed-out-of-scope"
exits 74 "a full disk is noticed" bash -c "$guanjia --help >/dev/full"
tap_end

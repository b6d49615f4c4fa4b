#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story.sh
#
# The command line against a running server, as people use it: from the first login to a closed case,
# an import, a password, and a person who leaves. Where the server is says the environment (serve.sh);
# without it everything is skipped. Names are of this run, so any server will do. People are invented.
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
community=碧水花园$run
team=一号楼小组
tomorrow=$(TZ=Asia/Shanghai date -d tomorrow +%F)
crew=水电班$run
cli() { "$guanjia" "$@"; }
admin() { cli --profile admin "$@"; }
desk() { cli --profile desk "$@"; }
leader() { cli --profile leader "$@"; }
plumber() { cli --profile plumber "$@"; }
restart() { bash -c "$GUANJIA_TEST_RESTART"; }
profile() {
	says "profile of $1" cli profile add "$1" --server "$GUANJIA_TEST_SERVER" \
		--ca "$GUANJIA_TEST_CA" --login "$2"
}

# ---- before anybody is logged in

profile admin "$GUANJIA_TEST_ADMIN"
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

# ---- the administrator makes a place and its people

says "log in" admin login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
equals "the token is nobody else's" "$(stat -c %a "$GUANJIA_HOME/admin.session")" 600
says "whoami" admin whoami
holds "... is an administrator" "$out" "administrator"
says "status" admin status
holds "... of a database that answers" "$out" "answers"
says "doctor is content" admin doctor
says "doctor for programs" admin --json doctor
holds "... says so" "$out" '"verdict": "ok"'
says "a community" admin community add "$community"
exits 82 "its name is taken" admin community add "$community"
says "a team" admin team add "$team" --community "$community"
says "a crew" admin crew add "$crew"
says "places are listed" admin community list
holds "... with the team" "$out" "$team"

person() { # PROFILE NAME ROLE [options]
	local who=$1 name=$2 role=$3
	shift 3
	echo "password-of-$who" >"$work/$who"
	says "an account for $name" admin account add "$who$run" --name "$name" \
		--password-file "$work/$who"
	says "$name is a $role" admin grant add "$who$run" "$role" "$@"
	profile "$who" "$who$run"
	says "$name logs in" cli --profile "$who" login --password-file "$work/$who"
}
person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader 王建国 leader --team "$team" --community "$community"
person plumber 陈师傅 crew-member --crew "$crew"
exits 65 "a role needs its scope" admin grant add "desk$run" leader --crew "$crew"
holds "... and says which" "$err" "role"
exits 65 "a password that is too short" admin account add "x$run" --name x --password-file <(echo short)
holds "... is named by its option" "$err" "--password-file (allowed: 8 to 128 characters)"
exits 66 "an account that is not there" admin grant add "nobody$run" leader --team "$team"
exits 77 "who takes complaints makes no accounts" desk account list

# ---- a complaint from the call to the close

leader watch --count 3 --timeout 60 >"$work/watch" 2>&1 &
watcher=$!
leader watch --json --count 1 --timeout 60 >"$work/watch.json" 2>&1 &
watcher_json=$!
sleep 1 # until both watch: there is nothing to see that says so
says "a complaint by phone" desk complaint submit --kind 报修 --lang zh_CN --title 电梯不动了 \
	--text '三号楼电梯停在五楼' --urgency urgent
number=$out
holds "... has a number" "$number" "[0-9]-0001"
exits 81 "a step that does not follow" leader complaint dispatch "$number" --crew "$crew"
holds "... says where it stands" "$err" "submitted"
exits 66 "who has nothing to do with it does not find it" plumber complaint accept "$number"
says "accept" leader complaint accept "$number"
says "book" leader complaint book "$number" --from "$tomorrow 10:00" --to "$tomorrow 12:00"
exits 65 "a window that ends before it begins" leader complaint book "$number" \
	--from "$tomorrow 10:00" --to "$tomorrow 09:00" --version 3
holds "... is named by its options" "$err" "--from, --to"
exits 80 "an old version" leader --json complaint dispatch "$number" --crew "$crew" --version 1
holds "... comes with the present record" "$err" '"current":{"community_id"'
says "dispatch" leader complaint dispatch "$number" --crew "$crew"
says "arrive" plumber complaint arrive "$number"
exits 64 "done needs a result" plumber complaint 'done' "$number"
says "done, in words from standard input" plumber complaint 'done' "$number" --result - <<<'换了门机皮带'
says "verify" leader complaint verify "$number" --json
holds "... and its version" "$out" '"version": 7'
says "confirm" desk complaint confirm "$number" --rating 5
says "the case" desk complaint get "$number"
holds "... is closed" "$out" "closed"
holds "... with the result" "$out" "换了门机皮带"
holds "... with the visit in local time" "$out" "$tomorrow 10:00"
says "the same for programs" desk --json complaint get "$number"
holds "... by name" "$out" '"state": "CLOSED"'
id=$(sed -n 's/.*"complaint_id": "\([^"]*\)".*/\1/p' <<<"$out" | head -n 1)
says "by its id" desk complaint get "$id"
says "by the beginning of its id" desk complaint get "${id:0:13}"
exits 66 "a number that is not there" desk complaint get 20010101-0001
code=0
wait $watcher || code=$?
equals "the watch has seen enough" "$code" 0
holds "... of the acceptance" "$(cat "$work/watch")" "submitted → accepted"
wait $watcher_json || true
holds "... and for programs" "$(cat "$work/watch.json")" '{"topic":"complaint","event":{"position"'
exits 75 "a watch gives up in time" leader watch --count 1 --timeout 1

# ---- lists

for i in 1 2 3 4 5; do
	says "complaint $i" desk complaint submit --title "走廊灯$i" --text "第${i}盏灯坏了" \
		--key "0192f3a0-0000-7000-8000-$(printf '%012d' $((${run: -8} * 10 + i)))"
done
says "the same key again does nothing twice" desk complaint submit --title "走廊灯5" \
	--text "第5盏灯坏了" --key "0192f3a0-0000-7000-8000-$(printf '%012d' $((${run: -8} * 10 + 5)))"
holds "... and says so" "$err" "nothing was done twice"
exits 65 "the same key for something else" desk complaint submit --text other \
	--key "0192f3a0-0000-7000-8000-$(printf '%012d' $((${run: -8} * 10 + 5)))"
says "found by words" desk complaint list --text 灯坏了
equals "... five of them, and a heading" "$(wc -l <<<"$out")" 6
says "open ones" desk --json complaint list --open
equals "... are five" "$(grep -o '"number"' <<<"$out" | wc -l)" 5
says "by state" desk complaint list --state closed,accepted
holds "... the first one" "$out" "$number"
says "two of them" desk --json complaint list --limit 2
holds "... and more are there" "$out" '"has_more": true'
says "by team" desk complaint list --team "$team" --all
exits 66 "a team that is not there" desk complaint list --team 没有
exits 64 "a state that is not there" desk complaint list --state lost
says "in Chinese" desk --lang zh_CN complaint list --limit 1
if [ -n "${GUANJIA_LOCALE_DIR:-}" ]; then
	holds "... with Chinese headings" "$out" "管家小组"
fi

# ---- any method

says "call" desk call session.whoami
holds "... answers with JSON" "$out" "\"login\": \"desk$run\""
says "call with bytes and enums" desk call complaint.list \
	"{\"community_id\": \"$(sed -n 's/.*"community_id": "\([^"]*\)".*/\1/p' \
		<<<"$(desk --json complaint get "$id")" | head -n 1)\", \"states\": [\"CLOSED\"], \"limit\": 1}"
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
	for ((i = 0; i < 50; i++)); do # until the watch is there again
		grep -q 'load lists again' "$work/watch" && break
		sleep 0.1
	done
	holds "the watch says that something may be missing" "$(cat "$work/watch")" "load lists again"
	sleep 1
	says "a complaint afterwards" desk complaint submit --text 又坏了
	code=0
	wait $watcher || code=$?
	equals "... is seen" "$code" 0
	holds "... with its number" "$(cat "$work/watch")" "$(tail -n 1 <<<"$out")"

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
	COMP_WORDS=(guanjia complaint list --state cl) COMP_CWORD=4; _guanjia; echo \${COMPREPLY[*]}")" closed
exits 74 "a full disk is noticed" bash -c "$guanjia --help >/dev/full"
tap_end

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/top.sh
#
# guanjia top against a running server (serve.sh): as text, as JSON, and in a terminal of tmux, with keys, other sizes,
# both languages, and a server that dies meanwhile.
set -euo pipefail
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

if [ -z "${GUANJIA_TEST_SERVER:-}" ] || ! command -v tmux >/dev/null; then
	echo "1..0 # SKIP no server (GUANJIA_TEST_SERVER, see tests/cli/serve.sh), or no tmux"
	exit 0
fi
guanjia=$(realpath "${GUANJIA:?the program to test}")
work=$(mktemp -d)
export GUANJIA_HOME=$work/home LC_ALL=C.UTF-8 GUANJIA_PROFILE=admin
unset LANGUAGE TMUX
socket=english # a server that is killed is not gone at once
terminal() { tmux -S "$work/$socket" -f /dev/null "$@"; }
# shellcheck disable=SC2317 # by the trap
finish() {
	terminal kill-server 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT
screen() { terminal capture-pane -p; }
# shows NAME PATTERN: within 20 s the screen has it (a bash pattern).
shows() {
	local end=$((SECONDS + 20)) text=
	while [ $SECONDS -lt $end ]; do
		text=$(screen)
		# shellcheck disable=SC2053 # it is a pattern
		[[ $text != *$2* ]] || break
		sleep 0.1
	done
	holds "$1" "$text" "$2"
}
press() { terminal send-keys "$@"; }

says "profile" "$guanjia" profile add admin --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA" \
	--login "$GUANJIA_TEST_ADMIN"
says "log in" "$guanjia" login --password-file "$GUANJIA_TEST_PASSWORD_FILE"

# ---- without a terminal

says "as text" "$guanjia" top --count 2
holds "... the server" "$out" "database answers"
holds "... the methods" "$out" "session.login  "
equals "... twice" "$(grep -c '^METHOD' <<<"$out")" 2
says "as JSON" "$guanjia" top --count 2 --json
equals "... a document a look" "$(python3 -c '
import json, sys
looks = [json.loads(line) for line in sys.stdin]
assert all(type(look["all"]["p99_us"]) is int and look["span_us"] > 0 for look in looks)
assert any(row["method"] == "server.metrics" for row in looks[1]["methods"])
assert looks[1]["values"]["conn.open"] == 1
print(len(looks))' <<<"$out")" 2
says "somebody without a role" "$guanjia" account add clerk --name 穆清 --password-file "$GUANJIA_TEST_PASSWORD_FILE"
says "... has a profile" "$guanjia" profile add clerk --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA" --login clerk
says "... logs in" "$guanjia" --profile clerk login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
exits 77 "... and may not look" "$guanjia" --profile clerk top --count 1

# ---- in a terminal

terminal new-session -d -x 80 -y 24 "$guanjia top; echo \"ended with \$?\"; cat"
shows "80 × 24: the title" "guanjia top  $GUANJIA_TEST_SERVER"
shows "... what was asked, by requests" "REQUESTS/s\\* "
shows "... itself" "server.metrics "
shows "... the keys in the last line" "q quit"
equals "... which is the 24th" "$(screen | sed -n 24p | cut -c 1-6)" "q quit"
press h
shows "h: help" "this help, and back"
press h
shows "... and back" "REQUESTS/s\\*"
press '>'
shows ">: the next column" "REFUSED/s\\*"
press Left Left
shows "left: back, and over the first" "METHOD\\*"
press Space
shows "space: paused" "paused"
frozen=$(screen | head -n 1)
terminal resize-window -x 50 -y 12
shows "50 × 12 while it is paused: cut, with a sign" "…"
equals "... the keys are in the last line" "$(screen | sed -n 12p | cut -c 1-6)" "paused"
terminal resize-window -x 140 -y 40
shows "140 × 40: whole again" "log lines lost"
equals "... the same look as before" "$(screen | head -n 1)" "$frozen"
press Space
shows "space: on again" "METHOD\\*"
bash -c "$GUANJIA_TEST_RESTART" &
restart=$!
shows "the server dies" "trying again"
wait "$restart"
shows "... and comes back by itself" $'\nq quit'
press q
shows "q: ends well" "ended with 0"
press still Space there Enter
shows "... and the terminal is as before" "still there"
terminal kill-server
socket=chinese
terminal new-session -d -x 80 -y 24 "$guanjia top --lang zh_CN; cat"
shows "in Chinese" "数据库正常"
shows "... with columns" "请求/秒\\*"
press '?'
shows "... and help" "再按返回"
terminal kill-server
tap_end

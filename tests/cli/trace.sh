#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/trace.sh
#
# One trace from the person's screen to the server's log and the event (serve.sh): what a command says with --verbose or
# with its error is what the log has about it, and what its event keeps. People are invented.
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
read -ra sql <<<"$GUANJIA_TEST_SQL"
log=$GUANJIA_TEST_FOLDER/log
community=银杏苑$run
admin() { "$guanjia" --profile admin "$@"; }
# The trace in a text, of which there is one.
trace_of() { grep -oE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' <<<"$1" | head -n 1; }
# logged NAME TRACE TEXT: the line of the log about it says this; it is written in the turn that answers.
logged() {
	local line
	line=$(grep -am 1 "request.end .*trace=$2" < <(timeout 20 tail -n +1 -f "$log")) || true
	holds "$1" "$line" "$3"
}

says "profile" "$guanjia" profile add admin --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA" \
	--login "$GUANJIA_TEST_ADMIN"
says "log in" admin login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
says "a community" admin community add "$community"
says "a team" admin team add --community "$community" 银杏一组

# ---- an error: what it says is in the log

exits 82 "a name that is taken" admin community add "$community"
holds "... says what to quote" "$err" "for questions about it: trace "
logged "... which the log has" "$(trace_of "$err")" "method=community.create err=NAME_TAKEN"
exits 82 "the same for programs" admin community add "$community" --json
holds "... as a member" "$err" '"trace_id":"'
logged "... which the log has too" "$(trace_of "$err")" "method=community.create err=NAME_TAKEN"
exits 82 "in Chinese" admin community add "$community" --lang zh_CN
holds "... likewise" "$err" "$(trace_of "$err")"
exits 64 "what never reached a server" admin community add
equals "... has nothing to quote" "$(trace_of "$err")" ""

# ---- a step: its event keeps it

says "verbose" admin --verbose crew add "银杏水电$run"
holds "... says what was asked" "$err" "crew.create: OK, trace "
trace=$(trace_of "$(grep crew.create <<<"$err")")
logged "... which the log has" "$trace" "method=crew.create err=OK"
says "the event" "${sql[@]}" "SELECT topic, step FROM event WHERE trace_id = '$trace'"
equals "... has it too: a crew was made" "$out" "4|3"
tap_end

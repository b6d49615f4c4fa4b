#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia GUANJIA_TEST_SETTINGS=metrics=127.0.0.1:0 tests/cli/metrics.sh
#
# Monitoring reads a running server (serve.sh) over HTTP: the text is held against the specification by a parser of its
# own, its numbers against what was done before; who is silent or too many harms nobody.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/cli/tap.sh
. "$here/tap.sh"

if [ -z "${GUANJIA_TEST_SERVER:-}" ] || ! command -v curl >/dev/null; then
	echo "1..0 # SKIP no server (GUANJIA_TEST_SERVER, see tests/cli/serve.sh), or no curl"
	exit 0
fi
guanjia=$(realpath "${GUANJIA:?the program to test}")
run=$(date +%s)$$
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GUANJIA_HOME=$work/home LC_ALL=C.UTF-8
unset GUANJIA_PROFILE LANGUAGE http_proxy
admin() { "$guanjia" --profile admin "$@"; }
port=$(grep -ao ' metrics=[0-9]*' "$GUANJIA_TEST_FOLDER/log" | tail -n 1 | grep -o '[0-9]*$')
get() { curl --silent --show-error --max-time 20 "$@"; }
scrape() { get "http://127.0.0.1:$port/metrics" >"$work/metrics"; }
# The value of a sample in what was read last.
sample() { "$here/openmetrics.py" "$work/metrics" "$1"; }
# One text is shown to all who ask within a tenth of a second: reads until the sample has the value.
reaches() { # NAME SAMPLE VALUE
	local end=$((SECONDS + 20)) now=
	while [ $SECONDS -lt $end ]; do
		scrape && now=$(sample "$2")
		[ "$now" != "$3" ] || break
	done
	equals "$1" "$now" "$3"
}

# ---- the endpoint

says "metrics" get --dump-header "$work/head" "http://127.0.0.1:$port/metrics"
holds "... are OpenMetrics 1.0" "$(tr -d '\r' <"$work/head")" \
	"Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8"
# The server is ready before its lanes are.
becomes_well() {
	local end=$((SECONDS + 20))
	while [ $SECONDS -lt $end ]; do
		! get --fail --output /dev/null "http://127.0.0.1:$port/health" 2>/dev/null || return 0
	done
	return 1
}
says "it becomes well" becomes_well
says "health" get --write-out ' %{http_code}' "http://127.0.0.1:$port/health"
holds "... is good" "$out" '"is_well":true,"is_database_up":true'
holds "... and 200" "$out" ' 200'
says "another path" get --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$port/etc/passwd"
equals "... is not there" "$out" 404
says "a POST" get --output /dev/null --write-out '%{http_code}' --data x "http://127.0.0.1:$port/metrics"
equals "... is refused" "$out" 405
says "a HEAD" get --head --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$port/metrics"
equals "... has a head" "$out" 200

# ---- numbers of what was done

says "profile" "$guanjia" profile add admin --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA" \
	--login "$GUANJIA_TEST_ADMIN"
says "log in" admin login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
says "a community" admin community add "海棠苑$run"
exits 82 "the same name" admin community add "海棠苑$run"
reaches "the errors by code" 'guanjia_request_errors_total{code="NAME_TAKEN"}' 1
says "the text is strict OpenMetrics, without ids and words" "$here/openmetrics.py" "$work/metrics"
while read -r name; do
	grep -q "^| .$name[{\`]" "$here/../../docs/operations.md" || echo "$name"
done < <(sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$work/metrics" | grep -v guanjia_build) >"$work/unknown"
equals "docs/operations.md knows all of them" "$(cat "$work/unknown")" ""
equals "one was done" "$(sample 'guanjia_request_seconds_count{method="community.create",outcome="ok"}')" 1
equals "... and one refused" "$(sample 'guanjia_request_seconds_count{method="community.create",outcome="refused"}')" 1
equals "nothing failed" "$(sample 'guanjia_request_seconds_count{method="community.create",outcome="failed"}')" absent
equals "a login" "$(sample 'guanjia_request_seconds_count{method="session.login",outcome="ok"}')" 1
equals "three connections were made" "$(sample guanjia_tls_handshakes_total)" 3
equals "both readers are there" "$(sample guanjia_db_read_connections)" 2
equals "the database answers" "$(sample guanjia_db_up)" 1
batches=$(sample guanjia_db_write_batches_total)
equals "each batch that was committed took its time" "$(sample guanjia_db_write_commit_seconds_count)" "$batches"
# Its size it has when it goes: one may be on its way, and what failed goes again.
says "... and had a size" test "$(sample guanjia_db_write_batch_count)" -ge "$batches"
holds "bytes came" "$(sample guanjia_conn_in_bytes_total)" "[1-9]"
reaches "nobody is left" 'guanjia_conn_state{state="member"}' 0

# ---- the same over the protocol

says "server.metrics" admin call server.metrics '{}'
holds "... has counters" "$out" '"name": "tls.handshakes"'
holds "... and how they are spread" "$out" '"bucket_first"'
says "an account without a role" admin account add "clerk$run" --name 穆清 --password-file "$GUANJIA_TEST_PASSWORD_FILE"
says "its profile" "$guanjia" profile add clerk --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA" --login "clerk$run"
says "logs in" "$guanjia" --profile clerk login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
exits 77 "... and may not see them" "$guanjia" --profile clerk call server.metrics '{}'

# ---- who says nothing, or comes too often

for i in 10 11 12 13 14 15 16 17 18 19; do
	eval "exec $i<>/dev/tcp/127.0.0.1/$port"
done
says "with ten silent ones people are served" admin status
for i in 10 11 12 13 14 15 16 17 18 19; do
	eval "timeout 30 cat <&$i" >>"$work/silent" 2>/dev/null || true
	eval "exec $i<&-"
done
equals "... who are told nothing, and closed at their deadline" "$(cat "$work/silent")" ""
says "then metrics are served again" scrape
printf 'GET /metrics HTTP/1.1\r\nHost: x\r\nX: %0100000d\r\n\r\n' 0 >"$work/large"
exec 10<>"/dev/tcp/127.0.0.1/$port"
cat "$work/large" >&10 2>/dev/null || true
holds "a head of 100 kB is refused" "$(timeout 30 cat <&10 2>/dev/null | head -n 1 || true)" "HTTP/1.1 4"
exec 10<&-
says "... and nothing broke" admin status
tap_end

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     tests/cli/serve.sh run GUANJIAD COMMAND [ARGUMENT...]
#     tests/cli/serve.sh restart | minute | sql STATEMENT
#
# Runs a command with a server of its own: made in a new directory under /tmp, with a PostgreSQL of its
# own, on a free port of 127.0.0.1, and gone when the command has ended, however that was. The command finds
#
#     GUANJIA_TEST_SERVER         127.0.0.1:PORT
#     GUANJIA_TEST_CA             the authority of its certificate
#     GUANJIA_TEST_ADMIN          login of the administrator
#     GUANJIA_TEST_PASSWORD_FILE  with that password
#     GUANJIA_TEST_FOLDER         for files of the command's own
#     GUANJIA_TEST_RESTART        a command that kills the server without a warning and starts it again
#     GUANJIA_TEST_MINUTE         a command that makes every one-time code a minute older, for who would wait
#     GUANJIA_TEST_SQL            a command that prints the rows of an SQL statement, columns parted by |
#
# GUANJIA_TEST_SETTINGS: further settings for the server, name=value, parted by blanks.
# GUANJIA_TEST_LEAKS: not empty where the command's own programs are asked what they leak: that takes as long as the
# rest of a short program, and a story runs hundreds.
#
# Exits with the command's code; with 77, skipped, where this machine cannot run a server.
set -euo pipefail

# What restart needs to know is in FOLDER/server: program, port, pid.
start() {
	local folder=$1 guanjiad=$2 listen=$3 tries=0 setting more=()
	for setting in ${GUANJIA_TEST_SETTINGS:-}; do more+=(--set "$setting"); done
	"$guanjiad" --data "$folder/data" --set "listen=127.0.0.1:$listen" --set postgres_fsync=0 \
		--set hash_kib=64 "${more[@]}" </dev/null >>"$folder/log" 2>&1 &
	local pid=$!
	disown # its end is not for the shell to announce
	until port=$(grep -ao 'server.ready port=[0-9]*' "$folder/log" | tail -n 1 | grep -o '[0-9]*$') &&
		[ "$(grep -ac 'server.ready' "$folder/log")" -gt "$starts" ]; do
		tries=$((tries + 1))
		if [ $tries -gt 300 ] || ! kill -0 $pid 2>/dev/null; then
			echo "# the server did not start:" && sed 's/^/# /' "$folder/log"
			return 1
		fi
		sleep 0.1
	done
	printf '%s\n%s\n%s\n' "$guanjiad" "$port" "$pid" >"$folder/server"
}

if [ "${1:-}" = restart ]; then
	folder=$GUANJIA_TEST_FOLDER
	{ read -r guanjiad && read -r port && read -r pid; } <"$folder/server"
	kill -KILL "$pid"
	# It is not our child: gone is when its lock is free.
	while ! flock -n "$folder/data/guanjiad.lock" true; do sleep 0.05; done
	starts=$(grep -ac 'server.ready' "$folder/log")
	start "$folder" "$guanjiad" "$port"
	exit
fi
sql() {
	local account=()
	if [ "$(id -u)" -eq 0 ]; then # PostgreSQL knows the server's account as its owner, and not root
		account=(setpriv --reuid=guanjia --regid=guanjia --clear-groups)
	fi
	"${account[@]}" /usr/lib/postgresql/15/bin/psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --tuples-only \
		--no-align --host "$GUANJIA_TEST_FOLDER/data/pg-socket" --username guanjia_owner --dbname guanjia \
		--command "$1"
}

if [ "${1:-}" = minute ]; then
	sql "UPDATE one_time_code SET made_at = made_at - interval '1 minute'"
	exit
fi
if [ "${1:-}" = sql ]; then
	sql "$2"
	exit
fi
if [ "${1:-}" != run ] || [ $# -lt 3 ]; then
	echo "usage: tests/cli/serve.sh run GUANJIAD COMMAND [ARGUMENT...]" >&2
	exit 64
fi
guanjiad=$(realpath "$2")
shift 2

if [ ! -x /usr/lib/postgresql/15/bin/postgres ]; then
	echo "1..0 # SKIP PostgreSQL is not installed"
	exit 0
fi
if [ "$(id -u)" -eq 0 ] && ! getent passwd guanjia >/dev/null; then
	echo "1..0 # SKIP root needs the account guanjia, which scripts/up makes"
	exit 0
fi

folder=$(mktemp -d /tmp/guanjia-cli-XXXXXX)
chmod 711 "$folder" # the account that the server becomes goes through it
# shellcheck disable=SC2317 # by the trap
finish() {
	local pid
	if [ -e "$folder/server" ]; then
		pid=$(sed -n 3p "$folder/server")
		kill -TERM "$pid" 2>/dev/null || true
		while [ -e "$folder/data/guanjiad.lock" ] && ! flock -n "$folder/data/guanjiad.lock" true; do
			sleep 0.05
		done
	fi
	rm -rf "$folder"
}
trap finish EXIT

echo 'the-first-password' >"$folder/password"
"$guanjiad" init --data "$folder/data" --admin root --set listen=127.0.0.1:0 --set postgres_fsync=0 \
	--set hash_kib=64 <"$folder/password" >>"$folder/log" 2>&1 || {
	sed 's/^/# /' "$folder/log"
	exit 1
}
starts=0
start "$folder" "$guanjiad" 0
cp "$folder/data/tls/ca.crt" "$folder/ca.crt"

export GUANJIA_TEST_SERVER=127.0.0.1:$port
export GUANJIA_TEST_CA=$folder/ca.crt
export GUANJIA_TEST_ADMIN=root
export GUANJIA_TEST_PASSWORD_FILE=$folder/password
export GUANJIA_TEST_FOLDER=$folder
GUANJIA_TEST_RESTART="$(realpath "$0") restart"
GUANJIA_TEST_MINUTE="$(realpath "$0") minute"
GUANJIA_TEST_SQL="$(realpath "$0") sql"
export GUANJIA_TEST_RESTART GUANJIA_TEST_MINUTE GUANJIA_TEST_SQL
if [ -z "${GUANJIA_TEST_LEAKS:-}" ]; then
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
fi
code=0
"$@" || code=$?
if [ $code -ne 0 ]; then
	tail -n 50 "$folder/log" | sed 's/^/# server: /'
fi
exit $code

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     tests/wire/run.sh GUANJIAD WIRE [SCRIPT...]
#
# Runs the wire scripts (all of this folder, unless some are named) against a server of their own: made in
# a new directory under /tmp with a PostgreSQL of its own, listening on a free port, and gone when the
# scripts have ended, however that was. Prints TAP; the server's log is shown where a script failed.
#
# The server hashes one password after the other, so that scripts about waiting have something to wait for.
# What it tells owners goes to a program that leaves it where the scripts find it: a file a telephone, a line a
# message. Its times are the usual ones: shorter ones would end an honest script on a slow machine.
set -euo pipefail

if [ $# -lt 2 ]; then
	echo "usage: tests/wire/run.sh GUANJIAD WIRE [SCRIPT...]" >&2
	exit 64
fi
guanjiad=$(realpath "$1")
wire=$(realpath "$2")
shift 2
[ $# -gt 0 ] || set -- "$(dirname "$(realpath "$0")")"/*.wire

settings=(
	--set listen=127.0.0.1:0
	--set postgres_fsync=0
	--set hash_kib=2048
	--set hash_running_max=1
	--set export_rows_alone=4
	--set log_level=debug
)
dir=$(mktemp -d /tmp/guanjia-wire-XXXXXX)
chmod 711 "$dir" # the server drops root and goes to a directory of its own in here
mkdir "$dir/told"
chmod 1777 "$dir/told"
cat >"$dir/tell" <<'PROGRAM'
#!/bin/sh
IFS= read -r message || [ -n "$message" ] || exit 65
to=${message#*'"to":"'}
printf '%s\n' "$message" >>"${0%/*}/told/${to%%'"'*}"
PROGRAM
chmod 755 "$dir/tell"
settings+=(--set "outgoing=$dir/tell")
server=

stop() {
	trap - EXIT INT TERM HUP
	if [ -n "$server" ]; then
		kill -TERM "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

GUANJIA_WIRE_PASSWORD=$(head -c 18 /dev/urandom | base64)
export GUANJIA_WIRE_PASSWORD
"$guanjiad" init --data "$dir/data" --admin wire-admin "${settings[@]}" \
	<<<"$GUANJIA_WIRE_PASSWORD" 2>"$dir/log" || { cat "$dir/log" >&2; exit 1; }
"$guanjiad" --data "$dir/data" "${settings[@]}" 2>"$dir/log" &
server=$!

port=
while [ -z "$port" ]; do
	port=$(sed -n 's/.* server\.ready .*port=\([0-9]*\).*/\1/p' "$dir/log")
	kill -0 "$server" 2>/dev/null || { cat "$dir/log" >&2; exit 1; }
	[ -n "$port" ] || sleep 0.02
done

code=0
"$wire" --address "127.0.0.1:$port" --ca "$dir/data/tls/ca.crt" --login wire-admin \
	--told "$dir/told" --database "$dir/data/pg-socket" "$@" || code=$?
if [ "$code" -ne 0 ]; then
	sed 's/^/# /' "$dir/log" >&2
fi
exit "$code"

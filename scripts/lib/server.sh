# SPDX-License-Identifier: Apache-2.0
# Where the server of this machine is, and whether it runs; sourced after common.sh by up and down.
# shellcheck shell=bash

if [ "$(id -u)" -eq 0 ]; then
	data=${GUANJIA_DATA:-/var/lib/guanjia}
else
	data=${GUANJIA_DATA:-$PWD/run}
fi
home=${GUANJIA_HOME:-${XDG_CONFIG_HOME:-$HOME/.config}/guanjia}
export GUANJIA_HOME=$home

# What people have set in the data directory counts where nothing else was said.
address=${GUANJIA_LISTEN:-}
if [ -z "$address" ] && [ -r "$data/guanjia.conf" ]; then
	address=$(sed -n 's/^[[:space:]]*listen[[:space:]]*=[[:space:]]*//p' "$data/guanjia.conf" | tr -d '[:space:]')
fi
address=${address:-127.0.0.1:7443}

# cli PROFILE COMMAND...
cli() {
	local profile=$1
	shift
	build/client/admin/guanjia --profile "$profile" "$@"
}

# The process that holds the data directory, by its lock file; nothing where the lock is free: the number
# in it may by now be another's.
server_pid() {
	local lock=$data/guanjiad.lock
	if [ -r "$lock" ] && ! flock --nonblock "$lock" true; then
		cat "$lock"
	fi
}

server_runs() {
	[ -n "$(server_pid)" ]
}

# Whether its program was built anew since it was started, which is when it wrote its lock file.
server_is_outdated() {
	server_runs && [ build/server/guanjiad -nt "$data/guanjiad.lock" ]
}

# Somebody takes connections there.
server_answers() {
	local host=${address%:*}
	host=${host#[}
	host=${host%]}
	(exec 3<>"/dev/tcp/$host/${address##*:}") 2>/dev/null
}

server_start() {
	local child
	if server_answers; then
		die "something else listens on $address; choose another with GUANJIA_LISTEN"
	fi
	setsid build/server/guanjiad --data "$data" --set "listen=$address" \
		</dev/null >/dev/null 2>>"$data/guanjiad.log" &
	child=$!
	for _ in $(seq 600); do
		if server_answers; then
			return
		fi
		kill -0 "$child" 2>/dev/null || break
		sleep 0.05
	done
	tail -n 5 "$data/guanjiad.log" >&2
	die "the server does not start; its log is $data/guanjiad.log"
}

# Asks it to end, and waits until it has: it finishes what it is doing and stops its PostgreSQL.
server_stop() {
	local pid
	pid=$(server_pid)
	if [ -z "$pid" ]; then
		return
	fi
	kill -TERM "$pid"
	for _ in $(seq 1200); do
		[ -n "$(server_pid)" ] || return 0
		sleep 0.05
	done
	die "process $pid does not end"
}

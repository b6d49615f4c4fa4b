#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     tests/pg.sh run COMMAND [ARGUMENT...]
#
# Runs a command with a PostgreSQL of its own: made in a new directory under /tmp, reached over a socket
# there and by nothing else, forgetful (fsync off), and gone when the command has ended, however that was.
# The command finds it in GUANJIA_TEST_PG, the beginning of a connection string; add dbname= and user=.
# Roles: postgres (superuser), guanjia_owner, guanjia_app. Exits with the command's code.
#
# A command that finds GUANJIA_TEST_PG set already is run as it is: one PostgreSQL serves a whole run.
# Root cannot run PostgreSQL: then it runs as the first of guanjia, postgres, nobody that exists.
set -euo pipefail

bin=${GUANJIA_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}

if [ "${1:-}" != run ] || [ $# -lt 2 ]; then
	echo "usage: tests/pg.sh run COMMAND [ARGUMENT...]" >&2
	exit 64
fi
shift
if [ -n "${GUANJIA_TEST_PG:-}" ]; then
	exec "$@"
fi

# Whom PostgreSQL runs as: nothing to do for an ordinary user.
drop=()
if [ "$(id -u)" -eq 0 ]; then
	for account in guanjia postgres nobody; do
		if getent passwd "$account" >/dev/null; then
			drop=(setpriv "--reuid=$account" "--regid=$(id -g "$account")" --clear-groups)
			break
		fi
	done
	[ ${#drop[@]} -gt 0 ] || { echo "tests/pg.sh: no account for PostgreSQL" >&2; exit 1; }
fi

dir=$(cd / && "${drop[@]}" mktemp -d /tmp/guanjia-pg-XXXXXX)
postmaster=

# By its number alone: other servers may run on this machine.
stop() {
	trap - EXIT INT TERM HUP
	if [ -n "$postmaster" ]; then
		kill -INT "$postmaster" 2>/dev/null || true
		wait "$postmaster" 2>/dev/null || true
	fi
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

cd /
"${drop[@]}" "$bin/initdb" --pgdata="$dir/data" --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
	--auth=trust --no-sync --no-instructions >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
"${drop[@]}" setsid setpriv --pdeathsig INT "$bin/postgres" -D "$dir/data" \
	-c listen_addresses= -c "unix_socket_directories=$dir" -c fsync=off \
	-c full_page_writes=off -c max_connections=200 -c timezone=UTC -c jit=off -c max_wal_size=2GB \
	-c log_error_verbosity=terse </dev/null >"$dir/postgres.log" 2>&1 &
postmaster=$!
for _ in $(seq 500); do
	if "$bin/pg_isready" -q -h "$dir"; then
		break
	fi
	kill -0 "$postmaster" 2>/dev/null || { cat "$dir/postgres.log" >&2; exit 1; }
	sleep 0.02
done
"$bin/psql" -X -q -h "$dir" -U postgres -d postgres -v ON_ERROR_STOP=1 \
	-c 'CREATE ROLE guanjia_owner LOGIN CREATEDB' -c 'CREATE ROLE guanjia_app LOGIN'
cd "$OLDPWD"

code=0
GUANJIA_TEST_PG="host=$dir port=5432" "$@" || code=$?
exit "$code"

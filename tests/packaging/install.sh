#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     PACKAGING_LONG=1 tests/packaging/install.sh [FOLDER]
#
# The packages on their whole way in a clean Debian: built twice and the same, liked by lintian, installed by apt with
# what they depend on, and begun with. Then those of before the newest migrations, which are started as their unit says,
# used, upgraded to these with data, removed, purged, and installed again. Takes minutes; needs root, the network, the
# history of git and 5 GB below FOLDER (/tmp). Where systemd can run in a machine of the test's own, it starts the server in
# the unit's sandbox; else the unit's command is run as the unit's account, without the sandbox.
#
#   PACKAGING_MIRROR   where Debian is
#   PACKAGING_PLAIN=1  without systemd, though it could run
set -euo pipefail
source=$(realpath "$(dirname "$0")/../..")
if [ "${PACKAGING_LONG:-}" != 1 ]; then
	echo "1..0 # SKIP takes minutes; PACKAGING_LONG=1 runs it, and so does scripts/check --long"
	exit 0
fi
cd "$source"
# shellcheck source=tests/cli/tap.sh
. tests/cli/tap.sh
# shellcheck source=tests/packaging/machine.sh
. tests/packaging/machine.sh
. scripts/lib/common.sh

if [ "$(id -u)" -eq 0 ]; then
	install_missing "Packaging" "Checking packages" >/dev/null
fi
folder=$(mktemp -d "${1:-/tmp}/guanjia-packaging-XXXXXX")
# shellcheck disable=SC2317 # by the trap
finish() {
	machine_off
	rm -rf --one-file-system "$folder"
}
trap finish EXIT
if ! machine_make "$folder"; then
	echo "1..0 # SKIP $why_not"
	exit 0
fi

data=/var/lib/guanjia
unit=guanjiad.service
newest= # migration that the earlier packages lack

# built NAME REVISION: into folder/NAME.
built() {
	scripts/package --output "$folder/$1" --revision "$2"
}

# find_before: sets before to the newest commit that lacks migrations and has none but those of today, and newest to the
# last that it lacks. While a change is made its migrations may be edited: a database of such a commit is nobody's.
find_before() {
	local commit changes
	for commit in $(git log --format=%H -- 'migrations/*.sql'); do
		git rev-parse --quiet --verify "$commit^" >/dev/null || return 0
		changes=$(git diff --no-renames --name-status "$commit^" HEAD -- 'migrations/*.sql')
		if [ -n "$changes" ] && ! grep -qv '^A' <<<"$changes"; then
			before=$commit^
			newest=$(basename "${changes##*/}" .sql)
			return 0
		fi
	done
}

# built_before NAME: those of that commit, so that an upgrade changes the schema under its data. Where history does not
# reach so far, those of today.
built_before() {
	local before='' from=$source
	find_before
	if [ -n "$before" ]; then
		from=$folder/before
		git clone --quiet --shared --no-checkout "$source" "$from"
		git -C "$from" checkout --quiet "$before"
	fi
	"$from/scripts/package" --output "$folder/$1"
}

# The three packages of a folder as paths inside the machine.
packages_in() {
	mkdir -p "$root/srv/$1"
	cp "$folder/$1/"guanjia{,-server,-doc}_*.deb "$root/srv/$1/"
	(cd "$root" && printf '/%s\n' "srv/$1/"*.deb)
}

# Without systemd: what the unit says, by the tools that are there.
plain_service() {
	local command
	case $1 in
	start)
		[ -e "$root$data/guanjiad.lock" ] || return 0
		command=$(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/$unit")
		# shellcheck disable=SC2086 # words of the command
		inside setsid setpriv --reuid=guanjia --regid=guanjia --clear-groups --bounding-set=-all --no-new-privs \
			$command </dev/null >>"$folder/server.log" 2>&1 &
		wait_for inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/7443'
		;;
	stop)
		inside sh -c "kill -TERM $(main_pid)"
		inside flock --timeout 300 "$data/guanjiad.lock" true
		;;
	restart) plain_service stop && plain_service start ;;
	is-active) [ -e "$root$data/guanjiad.lock" ] && ! inside flock --nonblock "$data/guanjiad.lock" true ;;
	esac
}

service() {
	if $has_systemd; then
		inside systemctl "$1" "$unit"
	else
		plain_service "$1"
	fi
}

is_active() {
	service is-active >/dev/null 2>&1 && echo yes || echo no
}

main_pid() {
	cat "$root$data/guanjiad.lock"
}

# wait_for COMMAND...: until it succeeds; some minutes at most, for machines that are busy.
wait_for() {
	for _ in $(seq 3000); do
		if "$@" >/dev/null 2>&1; then return 0; fi
		sleep 0.1
	done
	return 1
}

# On a busy machine, or just after its start, a server says TRY_LATER (75): then once more.
cli() {
	local code
	for _ in $(seq 50); do
		code=0
		inside env GUANJIA_HOME=/root/guanjia guanjia --profile "$@" || code=$?
		if [ "$code" -ne 75 ]; then break; fi
	done
	return "$code"
}

service_log() {
	if $has_systemd; then
		inside journalctl --unit=$unit --output=cat
	else
		cat "$folder/server.log"
	fi
}

# What people have put in, as they see it.
everything() {
	cli service --json complaint list
	cli admin --json place list --community 幸福里小区
	cli admin --json account list
}

# Names of ours outside of the data directory, and whatever else belongs to the account.
traces() {
	inside find / -xdev \( -path "$data/*" -o -path /var/log/journal -o -path /srv -o -path /root -o -path /mnt \
		-o -path /proc -o -path /tmp \) -prune -o \( -name '*guanjia*' -o -user guanjia \) -print
}


. tests/packaging/steps.sh

test_build
test_installation
says "the packages before these are installed" installs old
if [ "${PACKAGING_PLAIN:-}" = 1 ]; then
	machine_start sleep infinity
else
	machine_boot
fi
if $has_systemd; then
	echo "# systemd runs in the machine"
else
	echo "# no systemd in the machine: the unit's command as its account, without the unit's sandbox"
fi
test_first_start
test_upgrade
if $has_systemd; then
	test_unit
fi
test_removal
tap_end

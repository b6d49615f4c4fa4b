# SPDX-License-Identifier: Apache-2.0
# What scripts/* share; sourced by bash with `set -euo pipefail`, in the top folder of the project.
# shellcheck shell=bash

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# As root: itself, or through sudo.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root (or sudo) for: $*"
	fi
}

# Root cannot run PostgreSQL: as root the server, and the tests that start one, run as this account.
make_account() {
	if [ "$(id -u)" -eq 0 ] && ! getent passwd guanjia >/dev/null; then
		say "making the account guanjia"
		useradd --system --user-group --home-dir /var/lib/guanjia --no-create-home \
			--shell /usr/sbin/nologin guanjia
	fi
}

# packages_of SECTION...: the names in scripts/lib/packages below these headings.
packages_of() {
	local section
	for section in "$@"; do
		awk -v section="# $section" '/^#/ { inside = $0 == section; next } inside && NF { print $1 }' \
			scripts/lib/packages
	done
}

# missing_packages SECTION...: of them and of what everything needs, the names that dpkg does not know as installed.
missing_packages() {
	local wanted installed
	wanted=$(packages_of "The server and the clients" "Building" "Checking" "$@" | sort -u)
	# shellcheck disable=SC2086
	installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
		sed -n 's/^installed //p' | sort -u || true)
	comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$installed")
}

# install_missing [SECTION...]: quick where nothing is missing: then neither root nor the network is needed.
install_missing() {
	local missing
	command -v dpkg-query >/dev/null || die "this knows Debian only; install what scripts/lib/packages lists"
	missing=$(missing_packages "$@")
	if [ -z "$missing" ]; then
		return
	fi
	say "installing: ${missing//$'\n'/ }"
	# Debian's PostgreSQL would make and start a cluster of its own, which nobody needs here.
	if [ ! -e /etc/postgresql-common/createcluster.d/guanjia.conf ]; then
		as_root mkdir -p /etc/postgresql-common/createcluster.d
		printf 'create_main_cluster = false\n' |
			as_root tee /etc/postgresql-common/createcluster.d/guanjia.conf >/dev/null
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
}

# configure_in DIR [meson's options]: once; says what went wrong only where something did.
configure_in() {
	local dir=$1
	shift
	if [ -e "$dir/build.ninja" ]; then
		return
	fi
	mkdir -p "$dir"
	if ! meson setup "$dir" "$@" >"$dir/setup.log" 2>&1; then
		tail -n 30 "$dir/setup.log" >&2
		return 1
	fi
}

# build_in DIR [targets]: all of it, or these.
build_in() {
	local dir=$1
	shift
	if ! ninja -C "$dir" "$@" >"$dir/ninja.log" 2>&1; then
		grep -E -A8 'error|FAILED' "$dir/ninja.log" | head -n 60 >&2
		return 1
	fi
}

# SPDX-License-Identifier: Apache-2.0
# A clean Debian in a folder, as a machine of its own: with its own processes, mounts, name and network, which leads
# nowhere. Where this machine lets it (control groups of version 2), systemd runs in it as it does elsewhere; else
# nothing does, and services are started by what their units say.
#
#     machine_make FOLDER     a clean bookworm in FOLDER/root; false where there cannot be one, and $why_not says why
#     machine_install CMD...  runs a command in it before it is on, with the network of this machine
#     machine_boot            turns it on; $has_systemd says what runs in it
#     inside CMD...           runs a command in it
#     machine_off             turns it off; nothing of it is left but the folder
#
# Sourced by bash; for root only. $source is the source's top folder, which is at /mnt in it.
# shellcheck shell=bash disable=SC2154

why_not=
has_systemd=false
root=
leader=
group=
enter=$(dirname "${BASH_SOURCE[0]}")/enter.sh
plainly=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive)

machine_make() {
	root=$1/root
	if [ "$(id -u)" -ne 0 ]; then
		why_not="only root can"
	elif ! command -v debootstrap >/dev/null; then
		why_not="debootstrap is not installed"
	elif ! unshare --fork --pid --mount --uts --ipc --net true 2>/dev/null; then
		why_not="this machine makes no namespaces"
	elif ! debootstrap --variant=minbase --include=ca-certificates,dbus,systemd,systemd-sysv bookworm "$root" \
		"${PACKAGING_MIRROR:-http://deb.debian.org/debian}" >"$1/debootstrap.log" 2>&1; then
		why_not="debootstrap failed: $(tail -n 1 "$1/debootstrap.log")"
	else
		echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io" # it is thrown away, and waits for no disk
	fi
	[ -z "$why_not" ]
}

machine_install() {
	unshare --fork --kill-child --pid --mount --uts --ipc "$enter" "$root" "$source" "${plainly[@]}" "$@"
}

inside() {
	nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup --root --wd "${plainly[@]}" "$@"
}

# machine_start COMMAND...: with the command as its process 1; sets leader.
machine_start() {
	local outer=
	(
		if [ -n "$group" ]; then
			echo "$BASHPID" >"$group/cgroup.procs"
		fi
		exec unshare --fork --kill-child --pid --mount --uts --ipc --net --cgroup \
			"$enter" "$root" "$source" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=unshare "$@"
	) </dev/null >"$root/../console.log" 2>&1 &
	outer=$!
	for _ in $(seq 3000); do
		leader=$(tr -d " " <"/proc/$outer/task/$outer/children") || true
		if [ -n "$leader" ] && [ "$(readlink "/proc/$leader/root")" = / ] && [ -e "/proc/$leader/root/mnt/meson.build" ]; then
			return 0
		fi
		kill -0 "$outer" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# A group of our own below the hierarchy of version 2, wherever that is mounted.
machine_group() {
	local mounted
	mounted=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET) || return 1
	group=$mounted/guanjia-packaging-$$
	mkdir "$group" 2>/dev/null || { group= && return 1; }
}

machine_boot() {
	if machine_group && machine_start /lib/systemd/systemd --log-target=console --show-status=0; then
		for _ in $(seq 3000); do
			case $(inside systemctl is-system-running 2>/dev/null) in
			running | degraded)
				has_systemd=true
				return 0
				;;
			esac
			[ -e "/proc/$leader" ] || break
			sleep 0.1
		done
	fi
	machine_off
	machine_start sleep infinity
}

machine_off() {
	if [ -n "$leader" ] && [ -e "/proc/$leader" ]; then
		if $has_systemd; then
			inside systemctl poweroff --no-wall 2>/dev/null || true
			timeout 300 tail --pid="$leader" -f /dev/null || true
		fi
		kill -KILL "$leader" 2>/dev/null || true # and all of its processes with it
		tail --pid="$leader" -f /dev/null
	fi
	leader=
	has_systemd=false
	if [ -n "$group" ]; then
		find "$group" -depth -type d -exec rmdir {} \;
		group=
	fi
}

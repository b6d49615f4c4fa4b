#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     tests/packaging/enter.sh ROOT SOURCE COMMAND...
#
# In namespaces of its own (machine.sh makes them): mounts in the folder ROOT what a system finds mounted, with SOURCE at
# /mnt to read, makes it the root of everything, and becomes the command.
set -euo pipefail
root=$1
source=$2
shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
# Where control groups have no namespace here, systemd finds none, and ends.
mount -t cgroup2 cgroup2 sys/fs/cgroup || true
mount -t tmpfs -o mode=755 tmpfs dev
for device in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
	read -r name major minor <<<"$device"
	mknod -m 666 "dev/$name" c "$major" "$minor"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755 tmpfs run
mount --bind "$source" mnt
mount -o remount,bind,ro mnt
# The old root is really left: systemd makes mount namespaces of its own from what it finds.
mkdir run/before
pivot_root . run/before
umount -l run/before
rmdir run/before
# Where systemd is told of a container it leaves that to who made it; credentials reach a service by it.
mount --make-rshared /
exec "$@"

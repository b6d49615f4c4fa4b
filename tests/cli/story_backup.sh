#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Run by tests/cli/serve.sh: a backup and its restore by the words that people type, and what doctor says.
# What a backup must hold is what tests/faults/test_backup.c is about.
set -euo pipefail
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

work=$GUANJIA_TEST_FOLDER/work
GUANJIA_HOME=$work/home
export GUANJIA_HOME
mkdir -p "$work" "$GUANJIA_HOME"
data=$GUANJIA_TEST_FOLDER/data
# As root guanjiad becomes the account whose directory it is: backups lie where that may write.
place=$(mktemp -d /tmp/guanjia-cli-backup-XXXXXX)
trap 'rm -rf "$place"' EXIT
chown --reference="$data" "$place"
PATH=$(dirname "$(head -n 1 "$GUANJIA_TEST_FOLDER/server")"):$PATH

cli() {
	"$GUANJIA" "$@"
}
admin() {
	cli --profile admin "$@"
}

says "a profile" cli profile add admin --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA" \
	--login "$GUANJIA_TEST_ADMIN"
says "login" admin login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
says "doctor" admin doctor
holds "... warns where there is no backup" "$out" "backup:           warning  none is known"
holds "... and says what to do" "$out" "guanjia backup TARGET"

says "a backup" cli backup "$place/backups" --data "$data" --keep 2
holds "... where it is" "$out" "backup:           $place/backups/2"
holds "... what is not in it" "$err" "keep a copy of keys/ and tls/"
backup=$(echo "$place"/backups/*Z)
# shellcheck disable=SC2086 # a command and its argument
says "the record has it" $GUANJIA_TEST_SQL "SELECT number FROM event WHERE topic = 18"
equals "... by its name" "$out" "${backup##*/}"
tries=0
until admin doctor >"$work/doctor" && grep -q '^backup: *ok *0 hours old' "$work/doctor"; do
	[ $((tries += 1)) -le 100 ] || break
	sleep 0.1
done
says "doctor again" admin doctor
holds "... is content" "$out" "backup:           ok  0 hours old"

says "it is checked" cli restore "$backup"
holds "... and nothing is done" "$err" "nothing was restored"
exits 64 "a restore without keys" cli restore "$backup" --data "$place/new"
holds "... says what is needed" "$err" "--keys DIR is needed"
says "a restore, for programs" cli --json restore "$backup" --data "$place/new" --keys "$data"
holds "... with the keys of before" "$out" '"keys": "kept"'
exits 74 "another into the same place" cli restore "$backup" --data "$place/new" --keys "$data"
holds "... is refused" "$err" "is not empty"
says "in Chinese" cli restore "$backup" --lang zh_CN
holds "... as well" "$out" "备份:"
exits 75 "a backup where no server runs" cli backup "$place/backups" --data "$place/new"
holds "... says so" "$err" "start guanjiad first"
echo changed >>"$backup/BACKUP"
exits 65 "a backup that was changed" cli restore "$backup"
holds "... is named" "$err" "$backup/BACKUP"
exits 78 "a machine without the server's program" \
	env PATH=/nonexistent "$GUANJIA" backup "$place/backups" --data "$data"
holds "... is told so" "$err" "where the server runs"
tap_end

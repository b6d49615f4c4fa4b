#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/demo.sh
#
# The demo of scripts/up against a running server (serve.sh): what stands in docs/demo/places.csv, made once, made
# again without a change, and made over a community from before there were places. Then the story of
# scripts/up --story, as it stands, with the demo's own messages; the owner reads the codes in the server's spool.
set -euo pipefail
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

if [ -z "${GUANJIA_TEST_SERVER:-}" ]; then
	echo "1..0 # SKIP no server: GUANJIA_TEST_SERVER, see tests/cli/serve.sh"
	exit 0
fi
guanjia=$(realpath "${GUANJIA:?the program to test}")
cd "$(dirname "$0")/../.."
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export GUANJIA_HOME=$home LC_ALL=C.UTF-8
unset GUANJIA_PROFILE LANGUAGE
address=$GUANJIA_TEST_SERVER
admin_login=$GUANJIA_TEST_ADMIN
cp "$GUANJIA_TEST_CA" "$home/ca.crt"
cp "$GUANJIA_TEST_PASSWORD_FILE" "$home/admin.password"
cli() { "$guanjia" --profile "$1" "${@:2}"; }
die() {
	echo "# $*"
	exit 1
}
# shellcheck source=scripts/lib/demo.sh
. scripts/lib/demo.sh
rows() { cli admin place list --community "$community" --all --json "$@" | grep -c '"place_id"'; }
everything() {
	cli admin community list
	cli admin account list
	cli admin grant list
	cli admin place list --community "$community" --all
	cli admin patch list --community "$community" --team "$team" --all
	cli admin patch list --community "$community" --team "$team2" --all
}

equals "the file has 6 buildings" "$(grep -c ^楼栋, docs/demo/places.csv)" 6
equals "... 18 entrances" "$(grep -c ^单元, docs/demo/places.csv)" 18
equals "... 400 dwellings" "$(grep -c ^户, docs/demo/places.csv)" 400

# As scripts/up made it before there were places: a leader, a team, a crew that can do nothing in particular.
add_profile admin "" "$admin_login"
log_in admin
once cli admin community add "$community" --key "$(key_of community)"
once cli admin team add "$team" --community "$community" --key "$(key_of team)"
once cli admin crew add "$crew" --key "$(key_of crew)"
people=()
person leader 阿依古丽·买买提 leader --community "$community" --team "$team"

says "the demo is made" make_demo
equals "its dwellings" "$(rows --kind dwelling)" 400
equals "its entrances" "$(rows --kind entrance)" 18
equals "what nobody has but buildings" "$(rows --without-team)" 7
equals "the first team's" "$(rows --team "$team" --kind dwelling)" 184
equals "the second team's" "$(rows --team "$team2" --kind dwelling)" 216
for who in director manager inspector service officer leader leader2 cleaner guard crew crew2; do
	says "$who is logged in" cli "$who" whoami
done
says "who works there reads places" cli guard place get 3-2-501
holds "... and whose they are" "$out" "$team"
says "the officer" cli officer whoami
holds "... leads the first team" "$out" "$team"
holds "... and the second" "$out" "$team2"
says "members" cli manager team members "$team2"
holds "... are the second team's leader" "$out" "周志强"
before=$(everything)
says "the demo is made again" make_demo
equals "nothing is different" "$(everything)" "$before"

# shellcheck source=scripts/lib/story.sh
. scripts/lib/story.sh
data=$GUANJIA_TEST_FOLDER/data
export GUANJIA_MESSAGES=docs/demo/messages.csv
# complaint NUMBER: the state of a complaint, and who took its steps.
complaint() { cli service complaint get "$1" --json | python3 -c '
import json, sys
told = json.load(sys.stdin)
print(told["complaint"]["state"], told["complaint"].get("close_mode"), told["complaint"].get("rating"))
for event in told["events"]:
    print(event["step"], event["to"], event.get("account_name", "-"), event.get("device_name", "-"),
          event.get("role", event["actor"]))'; }
says "the story is played" story
told=$out
equals "it is told of three complaints" "$(grep -c '^# [123]\.' <<<"$told")" 3
mapfile -t numbers < <(grep -o '"number": "[0-9-]*"' <<<"$told" | grep -o '[0-9]*-[0-9]*')
equals "... that have numbers" "${#numbers[@]}" 3
device=$(uname -n)
leader="阿依古丽·买买提 $device LEADER" crew="张伟 $device CREW_MEMBER" service="李秀英 $device CUSTOMER_SERVICE"
equals "the leak was served, signed and confirmed by the owner" "$(complaint "${numbers[0]}")" \
	"CLOSED OWNER 5
SUBMIT SUBMITTED $service
ACCEPT ACCEPTED $leader
BOOK SCHEDULED $leader
DISPATCH DISPATCHED $leader
ARRIVE ON_SITE $crew
DONE ON_SITE $crew
SIGN WORK_DONE $crew
VERIFY PENDING_CONFIRMATION $leader
CONFIRM CLOSED - - OWNER_BY_CODE"
equals "the sofa was out of scope, and overruled" "$(complaint "${numbers[1]}")" \
	"CLOSED CALL 4
SUBMIT SUBMITTED $service
ACCEPT ACCEPTED $leader
ADVISE ADVISED $leader
REPORT_UP REPORTED_UP $leader
OVERRULE ACCEPTED 刘海燕 $device OFFICER
ANSWER ANSWERED $leader
SEND PENDING_CONFIRMATION $leader
CONFIRM CLOSED $service"
equals "the lift needed no appointment" "$(complaint "${numbers[2]}")" \
	"CLOSED CALL 5
SUBMIT SUBMITTED $service
ACCEPT ACCEPTED $leader
DISPATCH DISPATCHED $leader
ARRIVE ON_SITE $crew
DONE ON_SITE $crew
SIGN WORK_DONE $crew
VERIFY PENDING_CONFIRMATION $leader
CONFIRM CLOSED $service"
holds "the owner was sent a receipt of the visit" "$told" "服务回执（签收单）"
says "somebody else imports the same messages" cli manager complaint import docs/demo/messages.csv --source messages
holds "... and doubles nothing" "$out" "sent 0, already there 66, bad 0, failed 0"
tap_end

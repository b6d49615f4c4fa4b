# SPDX-License-Identifier: Apache-2.0
# The demo: a community with its places, two butler teams, a crew, and invented people, each with a profile of the
# command line client. Sourced by up and by tests/cli/demo.sh, which set $home and $address and give cli and die.
# What is there already is left as it is.
# shellcheck shell=bash disable=SC2154

community=幸福里小区
team=幸福里一组
team2=幸福里二组
crew=水电维修队
places=docs/demo/places.csv

# A key that is the same at every run: of two creates with one key the second does nothing.
key_of() {
	local hex
	hex=$(printf 'scripts/up\0%s' "$1" | sha256sum)
	printf '%s-%s-8%s-8%s-%s' "${hex:0:8}" "${hex:8:4}" "${hex:13:3}" "${hex:17:3}" "${hex:20:12}"
}

# password_of PROFILE: the file with its password, made where it is missing.
password_of() {
	local file=$home/$1.password
	if [ ! -s "$file" ]; then
		(umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"$file")
	fi
	printf '%s' "$file"
}

# once COMMAND...: quiet where it does it, or finds it done.
once() {
	local said code=0
	said=$("$@" 2>&1) || code=$?
	# 82: something has this name or id, from an earlier run.
	if [ "$code" -ne 0 ] && [ "$code" -ne 82 ]; then
		printf '%s\n' "$said" >&2
		die "this failed: ${*:2}"
	fi
}

# log_in PROFILE: unless it still is.
log_in() {
	if ! cli "$1" whoami >/dev/null 2>&1; then
		cli "$1" login --password-file "$(password_of "$1")" >/dev/null 2>&1 ||
			die "cannot log in as $1: is $home/$1.password still the password of ${data:-the server}?"
	fi
}

add_profile() {
	cli "$1" profile add "$1" --server "$address" --ca "$home/ca.crt" --login "${3:-$1}" \
		${2:+--community "$2"} >/dev/null 2>&1 || die "cannot make the profile $1 in $home"
}

# person PROFILE NAME ROLE [options of grant add] [+ ROLE [options]]...: who can log in was made before, whole.
person() {
	local who=$1 name=$2 number=0 grant=()
	shift 2
	people+=("$(printf '  %-10s %s' "$who" "$name")")
	add_profile "$who" "$community"
	if cli "$who" whoami >/dev/null 2>&1; then
		return
	fi
	once cli admin account add "$who" --name "$name" --password-file "$(password_of "$who")" \
		--key "$(key_of "account $who")"
	set -- "$@" +
	while [ $# -gt 0 ]; do
		if [ "$1" = + ]; then
			# The first has the key that it had when nobody had two.
			once cli admin grant add "$who" "${grant[@]}" \
				--key "$(key_of "grant $who${number#0}")"
			number=$((number + 1))
			grant=()
		else
			grant+=("$1")
		fi
		shift
	done
	log_in "$who"
}

# After an import the same file with the same key is the same import; another file is for somebody to look at.
make_places() {
	local said code=0
	said=$(cli admin place import "$places" --community "$community" --key "$(key_of places)" 2>&1) || code=$?
	if [ "$code" -ne 0 ] && ! cli admin place get 6-2-1802 --community "$community" >/dev/null 2>&1; then
		printf '%s\n' "$said" >&2
		die "the places of $places are not there"
	fi
}

make_demo() {
	people=("  admin      administrator")
	add_profile admin "" "${admin_login:-admin}"
	log_in admin
	once cli admin community add "$community" --contact '物业服务中心 0991-0000 0000' \
		--key "$(key_of 'community with contact')"
	once cli admin team add "$team" --community "$community" --key "$(key_of team)"
	once cli admin team add "$team2" --community "$community" --key "$(key_of team2)"
	once cli admin crew add "$crew" --trade plumbing,electricity --key "$(key_of 'crew with trades')"
	# A crew from before it could have trades.
	once cli admin crew change "$crew" --trade plumbing,electricity --key "$(key_of 'crew trades')"
	make_places
	person director 赵国庆 director
	person manager 王建国 manager --community "$community"
	person inspector 郑晓岚 inspector --community "$community"
	person service 李秀英 customer_service --community "$community"
	person officer 刘海燕 officer --community "$community" --team "$team" \
		+ officer --community "$community" --team "$team2"
	person leader 阿依古丽·买买提 leader --community "$community" --team "$team"
	person leader2 周志强 leader --community "$community" --team "$team2"
	person cleaner 马秀兰 cleaner --community "$community" --team "$team"
	person guard 巴合提·努尔兰 guard --community "$community" --team "$team" \
		+ guard --community "$community" --team "$team2"
	person crew 张伟 crew_member --crew "$crew"
	person crew2 孙立军 crew_member --crew "$crew"
	# People in a lift wait for nobody without the licence.
	once cli admin qualification add crew lift --number T6501-0001 --from 2026-01-01 --to 2031-12-31 \
		--key "$(key_of 'lift licence')"
	once cli director qualification verify "$(key_of 'lift licence')" --version 1 \
		--key "$(key_of 'lift licence verified')"
	# Whoever has a receipt needs no login.
	add_profile owner "$community" nobody
}

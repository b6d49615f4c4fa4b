# SPDX-License-Identifier: Apache-2.0
# What the stories share: a server to talk to, a community with places and people, a telephone that is read.
# Sourced; skips everything where no server is (serve.sh). Names are of this run, people are invented.
# shellcheck shell=bash disable=SC2034 # the stories read what stands here
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

if [ -z "${GUANJIA_TEST_SERVER:-}" ]; then
	echo "1..0 # SKIP no server: GUANJIA_TEST_SERVER, see tests/cli/serve.sh"
	exit 0
fi
guanjia=$(realpath "${GUANJIA:?the program to test}")
run=$(date +%s)$$
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GUANJIA_HOME=$work/home LC_ALL=C.UTF-8
unset GUANJIA_PROFILE LANGUAGE
community=碧水花园$run
team=一号楼小组
other_team=二号楼小组
crew=水电班$run
tomorrow=$(TZ=Asia/Shanghai date -d tomorrow +%F)
yesterday=$(TZ=Asia/Shanghai date -d yesterday +%F)
phone=13800000001

cli() { "$guanjia" "$@"; }
admin() { cli --profile admin "$@"; }
desk() { cli --profile desk "$@"; }
leader() { cli --profile leader "$@"; }
neighbour() { cli --profile neighbour "$@"; }
officer() { cli --profile officer "$@"; }
manager() { cli --profile manager "$@"; }
director() { cli --profile director "$@"; }
inspector() { cli --profile inspector "$@"; }
plumber() { cli --profile plumber "$@"; }
apprentice() { cli --profile apprentice "$@"; }
# The owner has no profile and no session: only the code of a receipt.
owner() { cli "$@" --server "$GUANJIA_TEST_SERVER" --ca "$GUANJIA_TEST_CA"; }
restart() { bash -c "$GUANJIA_TEST_RESTART"; }

profile() { # PROFILE LOGIN
	says "profile of $1" cli profile add "$1" --server "$GUANJIA_TEST_SERVER" \
		--ca "$GUANJIA_TEST_CA" --login "$2"
}

person() { # PROFILE NAME ROLE [options]
	local who=$1 name=$2 role=$3
	shift 3
	echo "password-of-$who" >"$work/$who"
	says "an account for $name" admin account add "$who$run" --name "$name" \
		--password-file "$work/$who"
	says "$name is a $role" admin grant add "$who$run" "$role" "$@"
	profile "$who" "$who$run"
	says "$name logs in" cli --profile "$who" login --password-file "$work/$who"
}

# The administrator logs in and makes the community. Both teams have an entrance, nobody has the garden.
settle() {
	profile admin "$GUANJIA_TEST_ADMIN"
	says "log in" admin login --password-file "$GUANJIA_TEST_PASSWORD_FILE"
	says "a community" admin community add "$community" --contact '服务台 0571-0000 0000'
	says "a team" admin team add "$team" --community "$community"
	says "another team" admin team add "$other_team" --community "$community"
	says "a crew" admin crew add "$crew" --trade plumbing
	cat >"$work/places.csv" <<-CSV
		类型,编码,上级,小组
		楼栋,1,,
		单元,1-1,1,$team
		户,1-1-101,1-1,
		户,1-1-102,1-1,
		大门,南门,,$team
		楼栋,2,,
		单元,2-1,2,$other_team
		花园,中心花园,,
	CSV
	says "places" admin place import "$work/places.csv" --community "$community"
}

# The account's id, which whoami shows its owner.
id_of() { # PROFILE
	cli --profile "$1" --json whoami | sed -n 's/.*"account_id": "\([^"]*\)".*/\1/p' | head -n 1
}

# key N: one of this run, the same for the same N.
key() {
	printf '0192f3a0-0000-7000-8000-%s%02d' "${run: -10}" "$1"
}

# field NAME: the first text of this name in the JSON that the command before printed.
field() {
	sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" <<<"$out" | head -n 1
}

# submit NAME OPTIONS...: customer service takes it; sets number and receipt.
submit() {
	local name=$1
	shift
	says "$name" desk --json complaint submit "$@"
	number=$(field number)
	receipt=$(field receipt_code)
}

# stands STATE VERSION: what standard error of the last step says of the complaint.
stands() {
	holds "... which is $1" "$err" "$number: $1, version $2"
}

# message KIND: the owner's telephone: the oldest message of this kind about $number that nobody has read yet. It is
# read once. Nothing where none comes within ten seconds.
message() {
	local file i
	for ((i = 0; i < 200; i++)); do
		for file in "$GUANJIA_TEST_FOLDER"/data/outgoing/*.json; do
			if grep -qs "\"kind\": *\"$1\"" "$file" && grep -qF "$number" "$file"; then
				cat "$file"
				rm "$file"
				return
			fi
		done
		sleep 0.05
	done
}

# six_digits: the one-time code of a message on standard input.
six_digits() {
	grep -oE '(验证码：|: )[0-9]{6}[，,]' | grep -oE '[0-9]{6}' | tail -n 1 || true
}

# wrong CODE: one that it is not.
wrong() {
	printf '%06d' $(((10#$1 + 1) % 1000000))
}

photo=$work/photo.jpg
head -c 2048 /dev/urandom >"$photo"

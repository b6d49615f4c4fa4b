# SPDX-License-Identifier: Apache-2.0
# What `scripts/up --story` adds: an import, and three complaints from the phone call to their close, through the
# command line as the different people; the owner reads the codes in the spool. tests/cli/demo.sh plays it too.
# Uses cli, $data (whose outgoing/ is the spool) and the names of scripts/lib/demo.sh.
# shellcheck shell=bash disable=SC2154

# show WORD...: as one would type it.
show() {
	local word
	printf '\n$ guanjia'
	for word in "$@"; do
		case $word in
		*' '*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
}

# as PROFILE COMMAND...: shows the command, then what it answers.
as() {
	show --profile "$@"
	cli "$@" 2>&1
}

# told NUMBER KIND: waits until the owner has a message of this kind about the complaint, the newest if there are
# several, and prints its text.
told() {
	python3 - "$data/outgoing" "$1" "$2" <<'PYTHON'
import json, pathlib, sys, time

folder, number, kind = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
for _ in range(300):
    files = sorted(folder.glob('*.json'), reverse=True) if folder.is_dir() else []
    for file in files:  # named by time: the newest first
        message = json.loads(file.read_text(encoding='utf-8'))
        if message['kind'] == kind and number in message['text']:
            print(message['text'])
            sys.exit()
    time.sleep(0.1)
sys.exit(f'no message {kind} about {number} in {folder}')
PYTHON
}

# one_time_code NUMBER KIND: the six digits of such a message.
one_time_code() {
	told "$1" "$2" | grep -oE '验证码：[0-9]{6}' | tail -n 1 | grep -oE '[0-9]{6}'
}

# field NAME: of the JSON on standard input.
field() {
	python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

# submit OPTIONS...: as customer service; sets number and receipt. Asked for as JSON, since both are needed below.
submit() {
	local answer
	show --profile service --json complaint submit "$@"
	answer=$(cli service --json complaint submit "$@")
	printf '%s\n' "$answer"
	number=$(field number <<<"$answer")
	receipt=$(field receipt_code <<<"$answer")
}

import_messages() {
	local file=${GUANJIA_MESSAGES:-../shared/data/cn_property_messages.csv}
	if [ ! -r "$file" ]; then
		[ -z "${GUANJIA_MESSAGES:-}" ] || die "$file cannot be read"
		file=docs/demo/messages.csv
	fi
	as service complaint import "$file" --source "$(basename "$file" .csv)"
}

# A leak in a flat: booked, served, signed with the owner's code, confirmed by the owner without a login.
story_visit() {
	local number receipt code day photo=$1
	day=$(TZ=Asia/Shanghai date -d tomorrow +%F)
	printf '\n# 1. A leak: an appointment, a visit, two codes.\n'
	submit --kind repair --subkind dwelling --channel phone --place 3-2-501 \
		--contact-name 陈女士 --contact-phone '138 0000 1234' \
		--title 厨房下水管漏水 --text '厨房水槽下面漏水，已经漏到楼下，请尽快来修。'
	as leader complaint accept "$number"
	as leader complaint book "$number" --from "$day 09:00" --to "$day 11:00" --crew "$crew"
	as leader complaint dispatch "$number"
	as crew complaint arrive "$number" --entry-consent
	as crew complaint "done" "$number" --result '更换下水软管和密封圈，试水十分钟不漏。' \
		--material '下水软管:1.5:米:12.00' --material '密封圈:2:个:3.50' --photo "$photo"
	code=$(one_time_code "$number" SERVICE_RECEIPT)
	printf '\n# The owner reads in the message (%s/outgoing), and tells the crew:\n' "$data"
	told "$number" SERVICE_RECEIPT | sed 's/^/#   /'
	as crew complaint sign "$number" --code "$code"
	as leader complaint verify "$number"
	printf '\n# The owner, without a login, with the code of the receipt:\n'
	as owner receipt code "$receipt" --purpose confirm
	code=$(one_time_code "$number" CODE)
	as owner receipt confirm "$receipt" --one-time-code "$code" --rating 5
	as service complaint get "$number"
	as service receipt list "$number"
}

# Not ours to do, says the leader; the officer finds that it is.
story_overruled() {
	local number receipt
	printf '\n# 2. Out of scope, and overruled.\n'
	submit --kind request --channel counter --place 1-1-302 \
		--contact-name 艾山江·吐尔逊 --contact-phone 13900005678 \
		--title 楼道里的旧沙发 --text '一楼楼道里堆了一张旧沙发，没人认领，希望物业清走。'
	as leader complaint accept "$number"
	as leader complaint advise "$number" --advice '大件垃圾请预约街道环卫上门清运，电话见公告栏。'
	as leader complaint report-up "$number"
	as officer complaint overrule "$number" --reason '楼道是共用部位，无主物品由我们清理。'
	as leader complaint answer "$number" --answer '今天下午由保洁清走，楼道已贴通知。'
	as leader complaint send "$number"
	as service complaint confirm "$number" --rating 4
	as service complaint get "$number"
}

# Somebody is in the lift: no appointment, the crew goes at once; there is nobody to sign in a public place.
story_emergency() {
	local number receipt photo=$1
	printf '\n# 3. An emergency.\n'
	submit --kind repair --subkind emergency --urgency urgent --channel phone --place 2-1电梯 \
		--contact-name 周先生 --contact-phone 13700009012 \
		--title 电梯困人 --text '2号楼1单元电梯停在四楼，里面困了两个人，请马上来。'
	as leader complaint accept "$number"
	as leader complaint dispatch "$number" --crew "$crew"
	as crew complaint arrive "$number"
	as crew complaint "done" "$number" --result '盘车放人，两人平安；抱闸已调整，试运行三十次正常。' --photo "$photo"
	as crew complaint sign "$number" --nobody
	as leader complaint verify "$number"
	as service complaint confirm "$number" --rating 5
	as service complaint get "$number"
}

story() {
	local photo
	photo=$(mktemp)
	# Stands for a photograph: only its hash is sent.
	head -c 4096 /dev/urandom >"$photo"
	import_messages
	story_visit "$photo"
	story_overruled
	story_emergency "$photo"
	rm -f "$photo"
}

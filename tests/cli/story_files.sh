#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     GUANJIA=build/client/admin/guanjia tests/cli/story_files.sh
#
# A photograph and a signature, against a running server (serve.sh): sent before and after the complaint is there, gone on
# with after the server was killed in the middle, refused for what they are, shown, listed, fetched, named by the
# submission, the finished work and the signature. What the server kept is what is fetched.
set -euo pipefail
# shellcheck source=tests/cli/story_people.sh
. "$(dirname "$0")/story_people.sh"

# A PNG of gray noise: WIDTH HEIGHT FILE. Noise is not packed: its size is what it has pixels.
picture() {
	python3 - "$@" <<'PY'
import random
import struct
import sys
import zlib

width, height, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
random.seed(width)


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


rows = b"".join(b"\0" + random.randbytes(width) for _ in range(height))
with open(path, "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
               + chunk(b"tEXt", b"Comment\0GPS 43.8256N 87.6168E")
               + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))
PY
}

settle
person desk 古丽娜尔·买买提 customer-service --community "$community"
person leader 王建国 leader --team "$team" --community "$community"
person neighbour 赵敏 leader --team "$other_team" --community "$community"
person plumber 陈师傅 crew-member --crew "$crew"
picture 1600 1200 "$work/before.png" # 1.9 MB, eight pieces
picture 200 150 "$work/after.png"
picture 300 100 "$work/signature.png"
echo '<script>alert(1)</script>' >"$work/photo.jpg"

# ---- before the complaint is there

exits 66 "no such file" desk file send "$work/nothing.png" --community "$community"
exits 64 "a purpose that is none" desk file send "$work/before.png" --purpose portrait
exits 65 "a name is no type" desk file send "$work/photo.jpg" --community "$community"
holds "... it is told why" "$err" "a JPEG or PNG image or a PDF document, whatever its name says"
exits 65 "the same in Chinese" desk file send "$work/photo.jpg" --community "$community" --lang zh_CN
holds "... it is told so" "$err" "无论叫什么名字"
says "a photograph" desk file send "$work/before.png" --community "$community"
before=$out
holds "... is kept" "$err" "sent, and kept as PNG image of "
says "the same once more" desk file send "$work/before.png" --community "$community"
equals "... is the same file" "$out" "$before"
says "submit with it" desk complaint submit --kind repair --community "$community" --place 1-1-102 --text '卫生间漏水' \
	--contact-name 马秀兰 --contact-phone "$phone" --file "$before"
number=$out
exits 65 "it belongs to that one now" desk complaint submit --kind repair --community "$community" --place 1-1-102 \
	--text '又漏水' --file "$before"
says "the list" leader file list "$number"
holds "... has it" "$out" "$before*before*ready*PNG"
exits 66 "another team sees nothing of it" neighbour file list "$number"
exits 66 "... nor of the file" neighbour file show "$before" --community "$community"

# ---- a server that dies in the middle

says "accept" leader complaint accept "$number"
says "book" leader complaint book "$number" --from "$tomorrow 10:00" --to "$tomorrow 12:00" --crew "$crew"
says "dispatch" leader complaint dispatch "$number"
says "arrive" plumber complaint arrive "$number" --entry-consent
exits 77 "who leads does not show the work" leader file send "$work/after.png" "$number" --purpose after
picture 2000 1500 "$work/long.png" # 3 MB, twelve pieces
plumber file send "$work/long.png" "$number" --purpose after >"$work/sent" 2>"$work/sent.err" &
sender=$!
read -ra sql <<<"$GUANJIA_TEST_SQL"
until [ "$("${sql[@]}" "SELECT count(*) FROM file WHERE received_bytes > 500000 AND purpose = 2")" -gt 0 ]; do
	if ! kill -0 $sender 2>/dev/null; then break; fi
done
restart
wait $sender && arrived=0 || arrived=$?
equals "a server that is killed is waited for" "$arrived" 0
long=$(cat "$work/sent")
says "it is shown" plumber file show "$long" --community "$community"
holds "... as it is kept" "$out" "2000 × 1500"
says "what it is for programs" plumber file show "$long" --community "$community" --json
holds "... too" "$out" '"purpose": "AFTER"'

# ---- fetched

says "fetch" leader file get "$long" "$work/back.png" --community "$community"
equals "nothing is left beside it" "$(ls "$work"/back.png*)" "$work/back.png"
equals "its hash is the one that is shown" "$(sha256sum <"$work/back.png" | cut -c 1-64)" \
	"$(plumber file show "$long" --community "$community" | sed -n 's/^SHA-256: *//p')"
equals "where it was taken is not in it" "$(grep -c GPS "$work/back.png" || true)" 0
head -c 700000 "$work/back.png" >"$work/half.png.part"
says "fetch what is there by half" leader file get "$long" "$work/half.png" --community "$community"
says "... is the same" cmp "$work/back.png" "$work/half.png"
head -c 700000 /dev/zero >"$work/bad.png.part"
exits 76 "what is there is not of it" leader file get "$long" "$work/bad.png" --community "$community"
says "... and is begun anew then" leader file get "$long" "$work/bad.png" --community "$community"
says "who read it is on record" "${sql[@]}" "SELECT count(DISTINCT account_id) FROM event WHERE topic = 6 AND step = 3"
equals "... once a person" "$out" 1

# ---- the work and its signature

exits 65 "how it was is not how it is" plumber complaint 'done' "$number" --result '换了角阀' --file "$before"
holds "... it is told so" "$err" "--file (allowed: finished photographs of this complaint, sent as AFTER)"
says "another photograph" plumber file send "$work/after.png" "$number" --purpose after
says "done" plumber complaint 'done' "$number" --result '换了角阀' --file "$long" --file "$out"
says "a signature" plumber file send "$work/signature.png" "$number" --purpose signature
signature=$out
exits 64 "two ways to sign" plumber complaint sign "$number" --signature "$signature" --nobody
exits 64 "a signature that is none" plumber complaint sign "$number" --signature drawn
says "signed by hand" plumber complaint sign "$number" --signature "$signature"
says "the receipts" desk receipt list "$number"
holds "... say so" "$out" "by hand"
holds "... and what it is" "$out" "$(plumber file show "$signature" --community "$community" | sed -n 's/^SHA-256: *//p')"
holds "... and what shows the work" "$out" "$(sha256sum <"$work/back.png" | cut -c 1-64)"
tap_end

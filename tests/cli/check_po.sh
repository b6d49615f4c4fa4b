#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     tests/cli/check_po.sh TOP_FOLDER
#
# Every text that the sources show is translated: reads the sources as po/meson.build does and compares
# with each catalogue. After a change of texts: meson compile guanjia-pot guanjia-update-po, then translate.
set -euo pipefail
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

if ! command -v xgettext >/dev/null; then
	echo "1..0 # SKIP gettext is not installed"
	exit 0
fi
cd "$1"
pot=$(mktemp)
trap 'rm -f "$pot"' EXIT
xgettext --files-from=po/POTFILES --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ \
	--keyword=ngettext:1,2 --output="$pot"
equals "every file with texts is in POTFILES" "$(grep -v '^#' po/POTFILES)" \
	"$(grep -rlE '\b(_|N_|ngettext)\("' client/admin --include='*.c' --include='*.def' | LC_ALL=C sort)"
while read -r language; do
	says "$language has every text" msgcmp --use-untranslated "po/$language.po" "$pot"
	says "... translated" msgcmp "po/$language.po" "$pot"
	says "... with the formats of the original" msgfmt --check --output-file=/dev/null "po/$language.po"
done <po/LINGUAS
tap_end

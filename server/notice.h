/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words to owners that are not a receipt: rows of notice.def, filled in. Pure.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"

enum notice {
#define NOTICE(name, zh, en) NOTICE_##name,
#include "server/notice.def"
#undef NOTICE
	NOTICE_COUNT
};

/* What stands between braces in the rows; empty: nothing is put there. */
struct notice_facts {
	struct str community;
	struct str number;
	struct str code;
	struct str text;
	struct str until;
};

/*
 * The words in the language of Complaint.Language (1 Chinese, 2 English). Free words are laid out as in a
 * slip: no controls, no marks of direction. Empty where the arena failed.
 */
struct str notice_text(
	struct arena *arena, enum notice notice, int language, const struct notice_facts *facts);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words to owners: what stands in the table outgoing, and what the program is handed that carries them
 * on. A method puts a sealed message into the table in the transaction of its cause; the job
 * (server/job/outgoing_job.h) takes it from there.
 *
 *   sealed    {"to":"+8613…","text":"…"}, by seal_outgoing: receiver and words stand nowhere in clear
 *   handed    {"id","community_id","kind","language","to","text","made_us"}, one JSON object on one line
 *
 * Nothing here logs, and copies in clear are wiped; the arena that is given should be a secret one.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"
#include "common/uuid.h"
#include "server/seal.h"

#define OUTGOING_TO_BYTES_MAX 32
#define OUTGOING_TEXT_BYTES_MAX (64 * 1024)
/* Of what is handed: JSON makes at most six bytes of one, and the rest is small. */
#define OUTGOING_JSON_BYTES_MAX (6 * (OUTGOING_TO_BYTES_MAX + OUTGOING_TEXT_BYTES_MAX) + 1024)

enum outgoing_kind {
#define OUTGOING(number, name, text) OUTGOING_##name = number,
#include "server/outgoing.def"
#undef OUTGOING
};

struct outgoing_message {
	int kind;        /* enum outgoing_kind; another one's, where a newer server wrote the row */
	int language;    /* Complaint.Language */
	struct str to;   /* E.164, at most OUTGOING_TO_BYTES_MAX */
	struct str text; /* at most OUTGOING_TEXT_BYTES_MAX */
};

/* The name of outgoing.def; "UNKNOWN" for a number that is not in it. */
const char *outgoing_kind_name(int kind);

/*
 * For the column `sealed`.
 *
 *   message   `to` and `text` only: kind and language have columns of their own
 *   returns   in the arena; empty where the arena failed, and only there
 */
struct span outgoing_seal(struct arena *arena, const struct seal *seal, struct uuid community_id,
	struct uuid outgoing_id, const struct outgoing_message *message);

/*
 * The reverse: sets out->to and out->text, in the arena. False, and both untouched: another key, row or
 * shape, or the arena failed.
 */
bool outgoing_open(struct arena *arena, const struct seal *seal, struct uuid community_id,
	struct uuid outgoing_id, struct span sealed, struct outgoing_message *out) must_check;

/* What the program is handed, on one line; empty where the arena failed, and only there. */
struct str outgoing_json(struct arena *arena, struct uuid community_id, struct uuid outgoing_id,
	int64_t made_us, const struct outgoing_message *message);

/* How long to wait after so many tries that failed: 10 s, doubling to an hour. */
int64_t outgoing_delay_us(int32_t try_count);

/* Is a message of this age given up when a try fails? After 48 hours it would say what was. */
bool outgoing_is_too_old(int64_t age_us);
